/** Whether what a remedy would open was opened before: then people see where it stands instead of a button that would find it. */
import type { RemedyOffer } from '../diagnosis/diagnosis.ts';
import type { CodeHost } from '../evidence/code-host.ts';
import type { Remedy } from '../remediation/remedy.ts';

/** The same offers, each with what stands of it; what cannot be seen now is found again when the button is pressed. */
export async function findStanding(
  remedies: readonly Remedy[],
  offers: readonly RemedyOffer[],
  host: CodeHost | undefined,
  signal: AbortSignal,
): Promise<readonly RemedyOffer[]> {
  if (host === undefined) return offers;
  return Promise.all(
    offers.map(async (offer) => {
      const remedy = remedies.find(({ id }) => id === offer.id);
      const stands = await remedy?.standing?.(offer.params, host, signal);
      if (stands === undefined) return offer;
      const { params, ...standing } = stands;
      return { ...offer, params, standing };
    }),
  );
}
