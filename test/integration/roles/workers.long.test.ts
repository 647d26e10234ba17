/** Several processes of one command share the partitions, and none of them outlives it, however it ends. */
import { expect, inject, it, onTestFinished } from 'vitest'
import { descendants, startProgram } from '../../worlds/processes.ts'
import { membersOf } from '../../worlds/processes-groups.ts'
import { install } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'

async function startWorkers(name: string, more: Readonly<Record<string, string>> = {}) {
  const { env, close } = await install(name, inject('services'), more)
  onTestFinished(close)
  const args = ['src/cli/main.ts', 'run', '--role', 'processor', '--workers', '2']
  const program = await startProgram({ name: 'workers', args, env })
  onTestFinished(() => program.signal('SIGKILL'))
  const topic = `${env['TOPIC_PREFIX']}orders`
  const members = () => membersOf(env['KAFKA_BROKERS'] ?? '', `${env['TOPIC_PREFIX']}route-orders`, topic)
  await until('2 members', async () => ((await members()).size === 2 ? true : undefined))
  return { program, members, workers: descendants(program.pid) }
}

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

const allGone = (pids: readonly number[]) => until('no worker', async () => (pids.every(isGone) ? true : undefined))

it('a signal ends all workers in order', async () => {
  const { program, members, workers } = await startWorkers('workers-signal')
  expect(workers).toHaveLength(2)
  program.signal('SIGTERM')
  expect(await program.exited).toEqual({ code: 0, signal: null })
  await allGone(workers.map(({ pid }) => pid))
  expect((await members()).size).toBe(0)
})

it('the port of the command tells of all its workers', async () => {
  const { program } = await startWorkers('workers-port', { METRICS_PORT: '0' })
  const { metrics } = JSON.parse(await program.line(/"msg":"started workers"/)) as { metrics: string }
  const get = async (path: string) => await fetch(metrics + path)
  expect((await get('/health/live')).status).toBe(200)
  await until('the command is ready', async () => ((await get('/health/ready')).status === 200 ? true : undefined))
  const text = await (await get('/metrics')).text()
  for (const worker of ['0', '1']) expect(text).toContain(`waldstream_ready{worker="${worker}"} 1`)
  expect(text.match(/^# TYPE waldstream_stage_up gauge$/gm)).toHaveLength(1)
})

it('a worker that is killed ends the command, and the command the other one, also where they keep their names', async () => {
  const { program, workers } = await startWorkers('workers-killed', { KAFKA_INSTANCE_ID: 'pod-0' })
  process.kill(workers[0]?.pid ?? 0, 'SIGKILL')
  expect(await program.exited).toEqual({ code: 1, signal: null })
  expect(program.output()).toContain('a worker ended with SIGKILL')
  await allGone(workers.map(({ pid }) => pid))
})

it('workers end when the command itself is killed', async () => {
  const { program, workers, members } = await startWorkers('workers-orphaned')
  program.signal('SIGKILL')
  await program.exited
  await allGone(workers.map(({ pid }) => pid))
  expect((await members()).size).toBe(0)
})
