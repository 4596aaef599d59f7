/** Certificates by an authority of our own: good ones, expired ones, ones for another name. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  /** Paths of the same. */
  readonly keyFile: string;
  readonly certFile: string;
}

export interface Authority {
  /** Path of its own certificate, for whoever is to trust it. */
  readonly caFile: string;
  issue(name: string, options?: { expired?: boolean }): Certificate;
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}

/** A new authority whose files lie in `folder`. */
export function makeAuthority(folder: string): Authority {
  mkdirSync(folder, { recursive: true });
  const at = (file: string): string => join(folder, file);
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', at('ca.key'));
  openssl('req', '-x509', '-new', '-key', at('ca.key'), '-subj', '/CN=box-ca', '-days', '30', '-out', at('ca.crt'));
  writeFileSync(at('index'), '');
  writeFileSync(at('index.attr'), 'unique_subject = no\n');
  writeFileSync(
    at('ca.cnf'),
    `[ca]\ndefault_ca=c\n[c]\ndatabase=${at('index')}\nnew_certs_dir=${folder}\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n`,
  );
  let issued = 0;
  return {
    caFile: at('ca.crt'),
    issue(name, { expired = false } = {}) {
      issued += 1;
      const leaf = (kind: string): string => at(`leaf-${issued}.${kind}`);
      openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', leaf('key'));
      openssl('req', '-new', '-key', leaf('key'), '-subj', `/CN=${name}`, '-out', leaf('csr'));
      writeFileSync(leaf('ext'), `subjectAltName=DNS:${name}\n`);
      // openssl x509 takes no negative days; ca does, with dates of its own.
      const dates = expired ? ['-startdate', '20240101000000Z', '-enddate', '20240201000000Z'] : ['-days', '30'];
      const by = ['-config', at('ca.cnf'), '-cert', at('ca.crt'), '-keyfile', at('ca.key')];
      const paths = ['-in', leaf('csr'), '-out', leaf('crt'), '-extfile', leaf('ext')];
      openssl('ca', '-batch', '-notext', ...by, ...paths, ...dates);
      return {
        key: readFileSync(leaf('key'), 'utf8'),
        cert: readFileSync(leaf('crt'), 'utf8'),
        keyFile: leaf('key'),
        certFile: leaf('crt'),
      };
    },
  };
}
