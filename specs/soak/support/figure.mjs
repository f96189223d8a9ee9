/** What came out, and whether it is what it must be. Without a bound it is for information. */
export function figure(name, value, { atLeast, atMost, exactly } = {}) {
  if (exactly !== undefined) return { figure: name, value, bound: `= ${exactly}`, met: value === exactly };
  if (atLeast !== undefined) return { figure: name, value, bound: `>= ${atLeast}`, met: value >= atLeast };
  if (atMost !== undefined) return { figure: name, value, bound: `<= ${atMost}`, met: value <= atMost };
  return { figure: name, value, met: true };
}
