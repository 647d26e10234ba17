import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ServiceName } from '../../../services/names.ts'
import { startServices } from '../../../services/start.ts'
import type { Way } from '../../../services/way.ts'

async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-unit-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A way that works, and notes what was asked of it. */
function workingWay(because: string) {
  const started: ServiceName[] = []
  let stops = 0
  const way: Way = {
    async open(names) {
      return {
        possible: true,
        because,
        async start() {
          started.push(...names)
          const addresses = names.map((name, index) => ({ name, host: '127.0.0.1', port: 1000 + index }))
          return {
            addresses,
            async stop() {
              stops += 1
            },
          }
        },
      }
    },
  }
  return { way, started, stops: () => stops }
}

const impossible = (why: string): Way => ({ open: async () => ({ possible: false, why }) })
const failing: Way = {
  open: async () => ({
    possible: true,
    because: 'it seems so',
    start: () => Promise.reject(new Error('kafka did not start')),
  }),
}

test('what the environment names is used as it is, and nothing is started', async () => {
  const env = { KAFKA_BROKERS: 'k:9092', SCHEMA_REGISTRY_URL: 'http://r', DYNAMODB_ENDPOINT: 'http://d' }
  const ways = { docker: impossible('never asked'), jars: impossible('never asked') }
  const services = await startServices({ dataDir: '/nonexistent', env }, ways)
  expect(services.env).toEqual(env)
  expect(services.how).toBe(
    'kafka from KAFKA_BROKERS, registry from SCHEMA_REGISTRY_URL, dynamodb from DYNAMODB_ENDPOINT',
  )
})

test('each service has its own way: one from the environment, the others in Docker', async () => {
  const docker = workingWay('Docker 28 answers and has the images')
  const ways = { docker: docker.way, jars: impossible('not needed') }
  const env = { KAFKA_BROKERS: 'k:9092', AWS_REGION: 'us-east-2' }
  const services = await startServices({ dataDir: await tempFolder(), env }, ways)
  expect(docker.started).toEqual(['registry', 'dynamodb'])
  expect(services.env).toEqual({
    KAFKA_BROKERS: 'k:9092',
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1000/apis/ccompat/v7',
    DYNAMODB_ENDPOINT: 'http://127.0.0.1:1001',
    AWS_REGION: 'us-east-2',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })
  expect(services.how).toBe(
    'kafka from KAFKA_BROKERS; registry, dynamodb in Docker: Docker 28 answers and has the images',
  )
})

test('without a Docker engine the jars are used, and the line says why', async () => {
  const jars = workingWay('Java is there')
  const ways = { docker: impossible('no Docker engine answers'), jars: jars.way }
  const services = await startServices({ dataDir: await tempFolder(), env: {}, needs: ['kafka'] }, ways)
  expect(services.how).toBe('kafka as jars: no Docker engine answers, Java is there')
})

test('SERVICES forces a way, and a wrong value is refused', async () => {
  const jars = workingWay('Java is there')
  const ways = { docker: workingWay('Docker answers').way, jars: jars.way }
  const dataDir = await tempFolder()
  await startServices({ dataDir, env: { SERVICES: 'jars' }, needs: ['kafka'] }, ways)
  expect(jars.started).toEqual(['kafka'])
  const wrong = startServices({ dataDir: await tempFolder(), env: { SERVICES: 'podman' } }, ways)
  await expect(wrong).rejects.toThrow('SERVICES is "podman": set it to docker or jars')
})

test('kept data stays with the way that wrote it', async () => {
  const dataDir = await tempFolder()
  const jars = workingWay('Java is there')
  const first = await startServices(
    { dataDir, env: {}, needs: ['kafka'] },
    { docker: impossible('no engine'), jars: jars.way },
  )
  await first.stop()
  const docker = workingWay('Docker answers by now')
  const second = await startServices({ dataDir, env: {}, needs: ['kafka'] }, { docker: docker.way, jars: jars.way })
  await second.stop()
  expect(docker.started).toEqual([])
  const third = startServices(
    { dataDir, env: {} },
    { docker: docker.way, jars: impossible('there is no java in PATH') },
  )
  await expect(third).rejects.toThrow(/has data of the other way[\s\S]*there is no java in PATH/)
})

test('data of the one way is not left aside by SERVICES', async () => {
  const dataDir = await tempFolder()
  const ways = { docker: workingWay('Docker answers').way, jars: workingWay('Java is there').way }
  const first = await startServices({ dataDir, env: { SERVICES: 'docker' }, needs: ['kafka'] }, ways)
  await first.stop()
  const other = startServices({ dataDir, env: { SERVICES: 'jars' }, needs: ['kafka'] }, ways)
  await expect(other).rejects.toThrow(
    `${dataDir} has data of Docker, which SERVICES=jars can't use: leave SERVICES out`,
  )
  const again = await startServices({ dataDir, env: { SERVICES: 'docker' }, needs: ['kafka'] }, ways)
  await again.stop()
})

test('when nothing works one message names the three ways out, and the folder is free again', async () => {
  const dataDir = await tempFolder()
  const ways = { docker: impossible('no Docker engine answers'), jars: impossible('there is no java in PATH') }
  await expect(startServices({ dataDir, env: {} }, ways)).rejects.toThrow(
    [
      "kafka, registry, dynamodb can't be started here. Three ways to fix it, each is enough:",
      '  1. Use servers that already run: set KAFKA_BROKERS, SCHEMA_REGISTRY_URL, DYNAMODB_ENDPOINT.',
      '  2. Docker: no Docker engine answers. Start an engine that can pull images.',
      '  3. Java 17 and Maven: there is no java in PATH. Install what is missing.',
    ].join('\n'),
  )
  expect(await readdir(dataDir)).toEqual([])
})

test('a failed start is told as it is, not tried another way, and gives the folder back', async () => {
  const dataDir = await tempFolder()
  const jars = workingWay('Java is there')
  const ways = { docker: failing, jars: jars.way }
  await expect(startServices({ dataDir, env: {} }, ways)).rejects.toThrow('kafka did not start')
  expect(jars.started).toEqual([])
  expect(await readdir(dataDir)).toEqual([])
})

test('stop ends what was started once, and frees the folder for another', async () => {
  const dataDir = await tempFolder()
  const jars = workingWay('Java is there')
  const ways = { docker: impossible('no engine'), jars: jars.way }
  const services = await startServices({ dataDir, env: {}, needs: ['kafka'] }, ways)
  const second = startServices({ dataDir, env: {}, needs: ['kafka'] }, ways)
  await expect(second).rejects.toThrow(`${dataDir} is in use by process ${process.pid}`)
  await Promise.all([services.stop(), services.stop()])
  expect(jars.stops()).toBe(1)
  expect(await readdir(dataDir)).toEqual(['way'])
})

test('an aborted start begins nothing', async () => {
  const jars = workingWay('Java is there')
  const ways = { docker: impossible('no engine'), jars: jars.way }
  const signal = AbortSignal.abort(new Error('ended by SIGINT'))
  await expect(startServices({ dataDir: await tempFolder(), env: {}, signal }, ways)).rejects.toThrow('ended by SIGINT')
  expect(jars.started).toEqual([])
})
