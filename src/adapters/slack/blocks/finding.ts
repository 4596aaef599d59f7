/** One section a finding: whose it is, the facts, from what. What the root message says is not said again. */
import { adviceFor } from '../../../diagnosis/advice.ts';
import type { Diagnosis, DiagnosisFinding } from '../../../diagnosis/diagnosis.ts';
import { chainOf } from './chain.ts';
import { clampEscaped, code, escaped } from './escape.ts';
import { context, type MessageBlock, section } from './parts.ts';
import { confidenceWords } from './verdict.ts';

const MOST_FINDINGS = 8;
const MOST_PLACES = 5;

/** The verdict's own finding first; equal findings of several containers are one. */
export function findingSections(diagnosis: Diagnosis): MessageBlock[] {
  const groups = grouped(diagnosis.findings);
  const { cause, confidence } = diagnosis.verdict;
  const own = groups.find(([first]) => first.cause === cause && first.confidence === confidence);
  const ordered = own === undefined ? groups : [own, ...groups.filter((group) => group !== own)];
  const shown = ordered.slice(0, MOST_FINDINGS);
  const more = ordered.length - shown.length;
  const said = createSaid(chainOf(diagnosis));
  return [
    ...shown.map((group) => findingSection(group, group === own, said)),
    ...(more > 0 ? [context(`and ${more} more findings`)] : []),
  ];
}

type Group = readonly [DiagnosisFinding, ...DiagnosisFinding[]];

function grouped(findings: readonly DiagnosisFinding[]): readonly Group[] {
  const groups = new Map<string, [DiagnosisFinding, ...DiagnosisFinding[]]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.cause, finding.confidence, finding.summary, finding.image, finding.detail]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}

/** What the message shows elsewhere: a fact is shown once. true: it stands there as a word of its own; remembers it otherwise. */
type Said = (text: string) => boolean;

function createSaid(first: readonly string[]): Said {
  const texts = [...first];
  return (text) => {
    if (text.length >= 2 && texts.some((one) => hasWord(one, text))) return true;
    texts.push(text);
    return false;
  };
}

function hasWord(all: string, text: string): boolean {
  for (let at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1))
    if (!/\w/.test(all.charAt(at - 1)) && !/\w/.test(all.charAt(at + text.length))) return true;
  return false;
}

function findingSection(group: Group, told: boolean, said: Said): MessageBlock {
  const [finding] = group;
  const head = `*${finding.cause}* (${confidenceWords(finding.confidence)})`;
  const places = placeOf(group).filter((place) => !said(place));
  const facts = factsOf(finding, said);
  const why = finding.because.map((kind) => clampEscaped(escaped(words(kind)), 60)).join(', ');
  return section(
    [
      head,
      ...(told ? [] : [clampEscaped(escaped(finding.summary), 700)]),
      ...places,
      ...(facts.length > 0 ? [facts.join(' · ')] : []),
      ...(told ? [] : [`_To do:_ ${clampEscaped(escaped(adviceFor(finding)), 400)}`]),
      ...(why === '' || said(why) ? [] : [`_because of:_ ${why}`]),
    ].join('\n'),
  );
}

/** Pods with their container, then the image. */
function placeOf(group: Group): string[] {
  const pods = group.filter(({ pod }) => pod !== '');
  const shown = pods
    .slice(0, MOST_PLACES)
    .map(({ pod, container }) => `${code(pod, 253)}, container ${code(container, 63)}`);
  const more = pods.length > shown.length ? ` and ${pods.length - shown.length} more` : '';
  return [...(shown.length === 0 ? [] : [`pod ${shown.join('; ')}${more}`]), `image ${code(group[0].image, 300)}`];
}

function factsOf({ detail }: DiagnosisFinding, said: Said): string[] {
  const { nearest, ...others } = detail;
  const tags = (Array.isArray(nearest) ? nearest : []).map(String).filter((tag) => !said(tag));
  const facts = Object.entries(others)
    .filter(([, value]) => value !== null && !Array.isArray(value) && !said(String(value)))
    .slice(0, 8)
    .map(([key, value]) => `${clampEscaped(escaped(words(key)), 40)} ${code(String(value), 120)}`);
  const near = tags.slice(0, 5).map((tag) => code(tag, 128));
  return [...(near.length === 0 ? [] : [`nearest tags: ${near.join(', ')}`]), ...facts];
}

/** `pushedTag` -> `pushed tag`. */
export function words(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
