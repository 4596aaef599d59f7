// The image's health check: distroless has no curl. Asks the server of this container whether it is alive.
const port = process.env.PULLCHECK_PORT ?? '3000';
try {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2000) });
  process.exit(response.ok ? 0 : 1);
} catch {
  process.exit(1);
}
