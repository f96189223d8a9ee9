import { InvalidArgumentError, Option } from 'commander';

/** The option that names the configuration file. */
export function configOption(): Option {
  return new Option('--config <file>', 'YAML or JSON file (default: rxfan.config.yaml, if there is one)');
}

/** The option that says which address to listen on. */
export function hostOption(): Option {
  return new Option('--host <host>', 'the address to listen on (default: HOST, else 127.0.0.1)');
}

/** The option that says which port to listen on. */
export function portOption(): Option {
  return new Option('--port <n>', 'the port to listen on, 0 for any free one (default: PORT, else 8080)').argParser(
    wholeNumber(0, 65_535),
  );
}

/** Reads an option that is a whole number. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,16}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}
