/** A server that answers as a test says, on a port of its own, and what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly line: string;
  readonly authorization: string | undefined;
}

export interface OddGithub {
  readonly url: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse, n: number) => void;

/** `answer` gets the number of the request, from 0. */
export async function startOddGithub(answer: Answer): Promise<OddGithub> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    asked.push({ line: `${request.method} ${request.url}`, authorization: request.headers.authorization });
    request.resume();
    answer(request, response, asked.length - 1);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** JSON with a status and headers. */
export function says(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
    response.end(JSON.stringify(body));
  };
}

/** Each request the next answer, the last one for all that follow. */
export function inTurn(...answers: readonly Answer[]): Answer {
  return (request, response, n) => answers[Math.min(n, answers.length - 1)]?.(request, response, n);
}
