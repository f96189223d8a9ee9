// One contestant, one case: prints what it measured as JSON. Started by run.mjs.
import process from 'node:process';

const { suite: name, example: id, contestant: who, quick, dist } = JSON.parse(process.argv[2]);
const suite = await import(`./suites/${name}.mjs`);
const example = suite.cases(quick).find((one) => one.id === id);
const contestant = suite.contestants.find((one) => one.name === who);
const measured = await suite.measure(example, contestant, await contestant.load?.(dist), quick);
process.stdout.write(JSON.stringify(measured), () => process.exit(0));
