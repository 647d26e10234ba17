import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { isAlive, markProcess } from '../../../services/lock.ts'

const PROCESSES = fileURLToPath(new URL('../../worlds/processes.ts', import.meta.url))

/** A test's process that has started a program which never ends by itself. */
const STARTER = `
  import { startProgram } from ${JSON.stringify(PROCESSES)}
  const program = await startProgram({ name: 'p', args: ['-e', 'setInterval(() => undefined, 1000)'], env: {} })
  console.log(program.pid)
`

it('what a test has started ends when the test is killed', async () => {
  const starter = spawn(process.execPath, ['--input-type=module', '-e', STARTER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void starter.kill('SIGKILL'))
  const [printed] = (await once(starter.stdout, 'data')) as [Buffer]
  const program = markProcess(Number(String(printed)))
  onTestFinished(() => {
    if (isAlive(program)) process.kill(program.pid, 'SIGKILL')
  })
  expect(isAlive(program)).toBe(true)
  starter.kill('SIGKILL')
  await expect.poll(() => isAlive(program)).toBe(false)
})
