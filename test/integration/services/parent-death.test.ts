import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { findJava } from '../../../services/java.ts'
import { isAlive, type ProcessMark } from '../../../services/lock.ts'
import { type ServiceName, startServices } from '../../../services/start.ts'
import { tempFolder } from './temp-folder.ts'

const MAIN = fileURLToPath(new URL('../../../services/main.ts', import.meta.url))
const java = await findJava(process.env)
const env = { ...process.env, KAFKA_BROKERS: '', DYNAMODB_ENDPOINT: '', SQS_ENDPOINT: '', SERVICES: 'jars' }

/** `npm run services` as a process of its own, up to the moment that it has printed what to set. */
async function startAlone(dataDir: string, ...needs: readonly ServiceName[]) {
  const args = needs.flatMap((name) => ['--needs', name])
  const parent = spawn(process.execPath, [MAIN, '--data', dataDir, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    parent.kill('SIGKILL')
  })
  const printed: string[] = []
  for await (const line of createInterface({ input: parent.stdout })) {
    printed.push(line)
    if (line.startsWith('export AWS_SECRET_ACCESS_KEY=')) break
  }
  const { processes } = JSON.parse(await readFile(join(dataDir, 'services.lock'), 'utf8')) as {
    readonly processes: readonly ProcessMark[]
  }
  return { parent, printed, processes }
}

test.skipIf(java.why !== undefined)(
  'SIGKILL of the parent ends every server, and the folder can be used again',
  async () => {
    const dataDir = await tempFolder()
    const { parent, printed, processes } = await startAlone(dataDir, 'kafka', 'dynamodb')
    expect(printed[0]).toMatch(/^export KAFKA_BROKERS=127\.0\.0\.1:\d+$/)
    const living = processes.filter(isAlive)
    expect(living).toHaveLength(3) // the supervisor and two servers

    parent.kill('SIGKILL')
    await expect.poll(() => living.filter(isAlive)).toEqual([])

    const again = await startServices({ dataDir, env, needs: ['kafka'] })
    onTestFinished(() => again.stop())
    expect(again.env['KAFKA_BROKERS']).toBeDefined()
  },
)

test.skipIf(java.why !== undefined)('SIGINT ends them in order and leaves no lock', async () => {
  const dataDir = await tempFolder()
  const { parent, processes } = await startAlone(dataDir, 'dynamodb', 'sqs')
  const gone = once(parent, 'exit')
  parent.kill('SIGINT')
  expect(await gone).toEqual([0, null])
  expect(processes.filter(isAlive)).toEqual([])
  await expect(readFile(join(dataDir, 'services.lock'))).rejects.toThrow('ENOENT')
})
