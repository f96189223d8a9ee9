import { html, type TemplateResult } from 'lit';

/** Something that is on or off. */
export function switchKnob(label: string, isOn: boolean, set: (on: boolean) => void): TemplateResult {
  return html`<input
    type="checkbox"
    role="switch"
    aria-label=${label}
    .checked=${isOn}
    @change=${({ currentTarget }: { currentTarget: HTMLInputElement }) => set(currentTarget.checked)}
  />`;
}
