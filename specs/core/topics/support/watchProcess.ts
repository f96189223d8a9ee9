/** What happened to the process meanwhile that nobody took care of. */
export function watchProcess(): { stop(): readonly string[] } {
  const seen: string[] = [];
  const uncaught = (error: unknown): void => void seen.push(`uncaughtException ${inWords(error)}`);
  const unhandled = (error: unknown): void => void seen.push(`unhandledRejection ${inWords(error)}`);
  process.on('uncaughtException', uncaught);
  process.on('unhandledRejection', unhandled);
  return {
    stop() {
      process.off('uncaughtException', uncaught);
      process.off('unhandledRejection', unhandled);
      return seen;
    },
  };
}

function inWords(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'something';
  }
}
