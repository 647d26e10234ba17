import { serveTasks } from '../../../../src/platform/sandbox/serve-tasks.ts'

/** A thread whose tasks do what those of a sandbox must not get away with. */
const kept: unknown[] = []

const tasks: Readonly<Record<string, (note: (step: number) => void) => unknown>> = {
  fine: () => 'fine',
  spin(note) {
    note(3)
    for (;;);
  },
  fill() {
    for (;;) kept.push({ more: [kept.length] })
  },
  crash() {
    throw new Error('the thread ends')
  },
  environment: () =>
    `${typeof process} ${typeof require} ${typeof fetch} ${typeof setTimeout} ${typeof Reflect.get(globalThis, 'WebAssembly')}`,
  code: () => String((() => undefined).constructor),
  evaluated: () => String(Reflect.get(globalThis, 'eval')),
  pollute() {
    Reflect.set(Object.prototype, 'polluted', 'yes')
    Reflect.set(Array.prototype, 'map', () => 'mine')
    return `${Reflect.get({}, 'polluted')} ${[1].map((one) => one + 1)}`
  },
  assign() {
    const own: Record<string, unknown> = {}
    own['constructor'] = 'data'
    own['toString'] = 'too'
    return JSON.stringify(own)
  },
  text: () => 'x'.repeat(2_000_000).length,
  list: () => new Array(50_000_000).length,
  joined: () => new Array(1_000).fill('x'.repeat(10_000)).join('').length,
  written: () => JSON.stringify(new Array(1_000).fill('x'.repeat(10_000))).length,
}

serveTasks(async (task: string, note) => {
  try {
    return String(tasks[task]?.(note))
  } catch (error) {
    if (task === 'crash') throw error
    return String(error)
  }
})
