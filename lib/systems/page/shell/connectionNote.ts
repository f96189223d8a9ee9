import { html, type TemplateResult } from 'lit';
import type { LiveState } from '../live/connectLive.ts';

/** How the connection stands, in a few words that cannot be taken for all being well. */
export function connectionNote({ kind, failure }: LiveState): TemplateResult {
  return html`<span class="connection ${kind}" title=${failure?.detail ?? ''}>${WORDS[kind]}</span>`;
}

const WORDS: Readonly<Record<LiveState['kind'], string>> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'not connected, trying again',
  refused: 'not allowed',
};
