/** Most characters of a text, or items of a list, that one call may create. */
const MOST_MADE = 1_000_000

/**
 * Globals that sandboxed code may use: the language itself, without code generation, timers, raw memory or connections.
 */
const KEPT = new Set([
  'Object',
  'Array',
  'String',
  'Number',
  'Boolean',
  'BigInt',
  'Symbol',
  'Date',
  'Math',
  'JSON',
  'RegExp',
  'Promise',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Reflect',
  'Intl',
  'Infinity',
  'NaN',
  'undefined',
  'globalThis',
  'global',
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
  'AggregateError',
  'parseInt',
  'parseFloat',
  'isNaN',
  'isFinite',
  'escape',
  'unescape',
  'encodeURI',
  'encodeURIComponent',
  'decodeURI',
  'decodeURIComponent',
])

/**
 * Removes from this thread all that user-given code does not need, in case it breaks out of its interpreter: functions
 * that turn text into code, the environment, files, connections and timers. Freezes shared objects, so that a task
 * leaves nothing behind for the next. Call it once everything is loaded; it can't be undone.
 */
export function lockDown(): void {
  const makers = [() => undefined, async () => undefined, function* () {}, async function* () {}]
  for (const one of makers) {
    Object.defineProperty(Object.getPrototypeOf(one), 'constructor', { value: undefined })
  }
  boundMakers()
  const { from } = Buffer
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!KEPT.has(name)) Reflect.deleteProperty(globalThis, name)
  }
  // For base64.
  Object.defineProperty(globalThis, 'Buffer', { value: Object.freeze({ from }) })
  for (const name of Object.getOwnPropertyNames(Object.prototype)) keepAssignable(Object.prototype, name)
  for (const name of ['name', 'message']) keepAssignable(Error.prototype, name)
  keepAssignable(Array.prototype, 'push')
  for (const name of Object.getOwnPropertyNames(globalThis)) freezeShared(Reflect.get(globalThis, name))
  const iterator = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()))
  for (const shared of [iterator, ...makers.map((one) => Object.getPrototypeOf(one))]) Object.freeze(shared)
}

/**
 * Keeps a field assignable on objects after its prototype is frozen; strict code would throw. Objects from data may
 * have a field `constructor`, and JSONata's lists have their own `push`.
 */
function keepAssignable(shared: object, name: string): void {
  const { value, writable = false } = Object.getOwnPropertyDescriptor(shared, name) ?? {}
  if (!writable) return
  Object.defineProperty(shared, name, {
    get: () => value,
    set(this: object, own: unknown) {
      if (this === shared) throw new TypeError(`${name} is shared and can't be changed`)
      Object.defineProperty(this, name, { value: own, writable: true, enumerable: true, configurable: true })
    },
  })
}

/** Freezes the value of a global and its prototype. */
function freezeShared(value: unknown): void {
  if (value === globalThis || (typeof value !== 'object' && typeof value !== 'function') || value === null) return
  Object.freeze(value)
  const made: unknown = Reflect.get(value, 'prototype')
  if (typeof made === 'object' && made !== null) Object.freeze(made)
}

/**
 * Limits functions that allocate much at once. One allocation over the memory limit of the thread ends the whole
 * process, whereas many small ones end only the thread.
 */
function boundMakers(): void {
  const { join } = Array.prototype
  const { repeat, padStart, padEnd } = String.prototype
  const { stringify } = JSON
  const KnownArray = Array
  const OneArray = function (this: unknown, ...items: readonly unknown[]) {
    if (items.length === 1 && typeof items[0] === 'number') refuseOver(items[0], 'a list', 'items')
    return Reflect.construct(KnownArray, items)
  }
  Object.defineProperty(OneArray, 'prototype', { value: KnownArray.prototype })
  for (const name of ['isArray', 'from', 'of'] as const)
    Object.defineProperty(OneArray, name, { value: KnownArray[name] })
  Reflect.set(globalThis, 'Array', OneArray)
  Object.assign(KnownArray.prototype, {
    join(this: readonly unknown[], separator = ',') {
      refuseOver(joinedLength(this, String(separator)))
      return join.call(this, separator)
    },
  })
  const bounded = (make: (this: string, width: number, filler?: string) => string, size: (text: string) => number) =>
    function (this: string, width: number, filler?: string): string {
      refuseOver(width * size(String(this)))
      return make.call(this, width, filler)
    }
  Object.assign(String.prototype, {
    repeat: bounded(repeat, (text) => text.length),
    padStart: bounded(padStart, () => 1),
    padEnd: bounded(padEnd, () => 1),
  })
  Object.assign(JSON, {
    stringify(value: unknown, ...more: readonly never[]) {
      refuseOver(MOST_MADE + 1 - jsonLeft(value, MOST_MADE + 1))
      return stringify(value, ...more)
    },
  })
}

function refuseOver(size: number, what = 'a text', unit = 'characters'): void {
  if (size > MOST_MADE) throw new RangeError(`it creates ${what} of more than ${MOST_MADE} ${unit}`)
}

function joinedLength(list: readonly unknown[], separator: string): number {
  let length = list.length * separator.length
  for (let index = 0; index < list.length && length <= MOST_MADE; index++) {
    const item = list[index]
    length += typeof item === 'string' ? item.length : 1
  }
  return length
}

/** About how many of `most` characters are left after writing the value as JSON; never far below zero. */
function jsonLeft(value: unknown, most: number): number {
  let left = most - 1
  if (typeof value === 'string') return left - value.length
  if (typeof value !== 'object' || value === null) return left
  for (const [key, field] of Object.entries(value)) {
    if (left < 0) return left
    left = jsonLeft(field, left - key.length)
  }
  return left
}
