import { html, type TemplateResult } from 'lit';

/** A number that can be set, from 0 on. */
export interface NumberKnob {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly step: number;
  readonly set: (value: number) => void;
}

/** A field for a number, which is set when the reader has ended typing it. */
export function numberKnob({ label, value, max, step, set }: NumberKnob): TemplateResult {
  return html`<input
    type="number"
    aria-label=${label}
    min="0"
    max=${max}
    step=${step}
    .value=${String(value)}
    @change=${({ currentTarget }: { currentTarget: HTMLInputElement }) => {
      if (currentTarget.reportValidity() && currentTarget.value !== '') set(currentTarget.valueAsNumber);
    }}
  />`;
}
