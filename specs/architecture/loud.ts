/** A module that does all it should not while it is imported. */
const timer = setTimeout(() => {}, Math.random() * (Date.now() % 2));
clearTimeout(timer);
new AbortController().signal.addEventListener('abort', () => {});
process.removeListener('exit', onExit).once('exit', onExit).removeListener('exit', onExit);
Object.assign(globalThis, { loud: process.env['HOME'] });

function onExit(): void {}
