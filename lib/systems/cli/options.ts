import { InvalidArgumentError, Option } from 'commander';

/** The option that names the configuration file. */
export function configOption(): Option {
  return new Option('--config <file>', 'YAML or JSON file (default: rxfan.config.yaml, if there is one)');
}

/** Reads an option that is a whole number. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,16}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}
