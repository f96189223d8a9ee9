import { OptionError } from '../errors.ts';

/** Throws unless the option is an integer, and not below `least`. */
export function checkInteger(option: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new OptionError(option, `an integer of at least ${least}`, value);
}

/** Throws unless the option is one of `choices`. */
export function checkChoice(option: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw new OptionError(option, `one of ${choices.join(', ')}`, value);
}
