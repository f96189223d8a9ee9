import { median } from './stats.mjs';

/**
 * What was measured, by case, contestant and round. Rates are only ever compared within one round: the machine may have
 * been slower in another.
 */
export class Results {
  cases = new Map();

  constructor(limit) {
    this.limit = limit;
  }

  add(example, contestant, round, measured) {
    const rounds = this.rounds(example, contestant);
    rounds[round] = measured;
    if (!this.cases.has(example)) this.cases.set(example, new Map());
    this.cases.get(example).set(contestant, rounds);
  }

  rounds(example, contestant) {
    return this.cases.get(example)?.get(contestant) ?? [];
  }

  /** The median over the rounds of one fact; undefined when the contestant took no part, NaN when it failed. */
  fact(example, contestant, name) {
    const rounds = this.rounds(example, contestant);
    return rounds.length === 0 ? undefined : median(rounds.map((round) => round[name] ?? NaN));
  }

  /** The median over the rounds of how many times faster one contestant is than another; undefined, NaN likewise. */
  ratio(example, contestant, than = this.limit) {
    const [rounds, others] = [this.rounds(example, contestant), this.rounds(example, than)];
    if (rounds.length === 0 || others.length === 0) return undefined;
    return median(rounds.map(({ rate }, round) => rate / others[round].rate));
  }

  rows(example) {
    return [...(this.cases.get(example) ?? [])].map(([name, rounds]) => {
      const { error } = rounds.find((round) => round.error !== undefined) ?? {};
      if (error !== undefined) return { name, error };
      const facts = Object.keys(rounds[0]).filter((key) => key !== 'rate');
      const medians = Object.fromEntries(facts.map((fact) => [fact, this.fact(example, name, fact)]));
      if (rounds[0].rate === undefined) return { name, facts: medians };
      return { name, rate: this.fact(example, name, 'rate'), ratio: this.ratio(example, name), facts: medians };
    });
  }

  toJSON() {
    return [...this.cases.keys()].map((example) => ({ case: example, rows: this.rows(example) }));
  }
}
