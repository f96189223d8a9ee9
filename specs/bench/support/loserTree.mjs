/**
 * The limit of the merge suite: what a patient author writes by hand for pages of objects with a text key, and nothing
 * else. A loser tree whose keys are computed once per item and kept next to the source that leads each match.
 */
export class LoserTree {
  constructor(k, key) {
    this.k = k;
    this.key = key;
    this.page = new Array(k).fill(null);
    this.position = new Int32Array(k);
    this.losers = new Int32Array(Math.max(k, 1));
    this.keys = new Array(Math.max(k, 1)).fill(undefined);
    this.dead = new Uint8Array(k);
    this.deadCount = 0;
    this.built = false;
    this.winner = -1;
  }

  /** Gives source `s` its next page; null once it has none. */
  feed(s, items) {
    const has = items !== null && items.length > 0;
    this.page[s] = has ? items : null;
    this.position[s] = 0;
    if (!has) {
      this.dead[s] = 1;
      this.deadCount++;
    }
    if (this.built) this.replay(s, has ? this.key(items[0]) : undefined);
  }

  /** To be called when every source was fed once. */
  build() {
    const { k, losers, keys, dead } = this;
    const heads = this.page.map((page) => (page ? this.key(page[0]) : undefined));
    const beats = (i, j) => !dead[i] && (dead[j] || heads[i] < heads[j] || (heads[i] === heads[j] && i < j));
    losers.fill(-1);
    for (let s = k - 1; s >= 0; s--) {
      let w = s;
      for (let t = (s + k) >> 1; t > 0; t >>= 1) {
        if (losers[t] === -1) {
          losers[t] = w;
          w = -1;
          break;
        }
        if (beats(losers[t], w)) [losers[t], w] = [w, losers[t]];
      }
      if (w !== -1) this.winner = w;
    }
    for (let t = 1; t < k; t++) keys[t] = heads[losers[t]];
    this.built = true;
  }

  replay(s, key) {
    const { k, losers, keys, dead } = this;
    let w = s;
    let kw = key;
    for (let t = (w + k) >> 1; t > 0; t >>= 1) {
      const l = losers[t];
      if (dead[l]) continue;
      const kl = keys[t];
      if (dead[w] || kl < kw || (kl === kw && l < w)) {
        keys[t] = kw;
        losers[t] = w;
        kw = kl;
        w = l;
      }
    }
    this.winner = w;
  }

  /** Appends to `out` until a source needs its next page, and returns that source; -1 at the end. */
  drain(out) {
    const { k, losers, keys, page, position, key, dead } = this;
    if (this.deadCount === k) return -1;
    let w = this.winner;
    for (;;) {
      const items = page[w];
      let p = position[w];
      out.push(items[p]);
      position[w] = ++p;
      if (p === items.length) {
        this.winner = w;
        page[w] = null;
        return w;
      }
      let kw = key(items[p]);
      for (let t = (w + k) >> 1; t > 0; t >>= 1) {
        const kl = keys[t];
        if (kw < kl) continue;
        const l = losers[t];
        if (!dead[l] && (kl < kw || l < w)) {
          keys[t] = kw;
          losers[t] = w;
          kw = kl;
          w = l;
        }
      }
    }
  }
}
