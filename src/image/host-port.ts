/** A host as references, URLs and error messages write it. Pure. */

export interface HostPort {
  /** In lower case, an IPv6 address without its brackets. */
  readonly name: string;
  readonly port: number | undefined;
}

/** `host`, `host:port`, `[::1]:port`; what is none of these is a name as it stands. */
export function hostPort(text: string): HostPort {
  const whole = text.toLowerCase();
  const [, address, name = address, port] = /^(?:\[([0-9a-f:.]+)\]|([^:]+))(?::(\d+))?$/.exec(whole) ?? [];
  return { name: name ?? whole, port: port === undefined ? undefined : Number(port) };
}
