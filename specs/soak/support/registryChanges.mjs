const IDS = 40;

/** The change of that number: the id it is about, and what is registered, or nothing where it is unregistered. */
export function changeOf(n) {
  const id = `id-${n % IDS}`;
  const target = { manager: 'QM1', queue: 'Q'.repeat(100), notify: `https://host.example/${'x'.repeat(1_000)}` };
  return { id, request: n % 7 === 0 ? undefined : { id, ...target, minDepth: n } };
}

/**
 * What is wrong with registrations, when all changes up to `acknowledged` have taken effect, and perhaps some of those up to
 * `last`, which were not answered.
 */
export function faultsOf(registrations, acknowledged, last) {
  const found = new Map(registrations.map(({ id, minDepth }) => [id, minDepth]));
  const faults = [];
  for (let slot = 0; slot < IDS; slot++) {
    const numbers = [];
    for (let n = last - ((last - slot) % IDS); n > 0 && numbers.length < 3; n -= IDS) numbers.push(n);
    const possible = numbers.filter((n) => n > acknowledged);
    const certain = numbers.find((n) => n <= acknowledged);
    const states = [...possible, ...(certain === undefined ? [] : [certain])].map((n) => changeOf(n).request?.minDepth);
    if (certain === undefined) states.push(undefined);
    const depth = found.get(`id-${slot}`);
    if (!states.includes(depth)) faults.push(`id-${slot} has ${depth}, and may have ${states}`);
  }
  return faults;
}
