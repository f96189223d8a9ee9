/** Does work of the same key one after the other, in the order it was given, whatever becomes of it. */
export function createTurns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const latest = new Map<string, Promise<unknown>>();

  return (key, work) => {
    const turn = (latest.get(key) ?? Promise.resolve()).then(work, work);
    const done = () => {
      if (latest.get(key) === turn) latest.delete(key);
    };
    latest.set(key, turn);
    turn.then(done, done);
    return turn;
  };
}
