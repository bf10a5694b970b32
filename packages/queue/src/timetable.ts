/** Keys by time, the earliest found at once: a binary heap that knows where each key stands. */
export class Timetable<Key> {
  readonly #heap: Slot<Key>[] = [];
  readonly #places = new Map<Key, number>();

  /** The earliest time; Infinity where there is none. */
  get first(): number {
    return this.#heap[0]?.time ?? Infinity;
  }

  /** Puts a key at a time, wherever it was; Infinity takes it out. */
  set(key: Key, time: number): void {
    const place = this.#places.get(key);
    if (time === Infinity) this.#remove(place);
    else this.#settle({ key, time }, place ?? this.#heap.length);
  }

  /** The keys whose time has come, in no order. Looks at no more than twice as many. */
  upTo(time: number): Key[] {
    const found: Key[] = [];
    const places = [0];
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      const slot = this.#heap[place];
      if (!slot || slot.time > time) continue;
      found.push(slot.key);
      places.push(2 * place + 1, 2 * place + 2);
    }
    return found;
  }

  #remove(place: number | undefined): void {
    if (place === undefined) return;
    this.#places.delete(this.#heap[place]!.key);
    const last = this.#heap.pop()!;
    if (place < this.#heap.length) this.#settle(last, place);
  }

  /** Puts a slot at a place that is free for it, and then as high or as low as its time wants it. */
  #settle(slot: Slot<Key>, from: number): void {
    let place = from;
    for (
      let above = (place - 1) >> 1;
      place > 0 && this.#time(above) > slot.time;
      above = (place - 1) >> 1
    ) {
      this.#put(this.#heap[above]!, place);
      place = above;
    }
    for (
      let below = this.#earlier(place);
      this.#time(below) < slot.time;
      below = this.#earlier(place)
    ) {
      this.#put(this.#heap[below]!, place);
      place = below;
    }
    this.#put(slot, place);
  }

  /** Of the two places below one, that with the earlier time. */
  #earlier(place: number): number {
    const left = 2 * place + 1;
    return this.#time(left + 1) < this.#time(left) ? left + 1 : left;
  }

  #time(place: number): number {
    return this.#heap[place]?.time ?? Infinity;
  }

  #put(slot: Slot<Key>, place: number): void {
    this.#heap[place] = slot;
    this.#places.set(slot.key, place);
  }
}

interface Slot<Key> {
  readonly key: Key;
  readonly time: number;
}
