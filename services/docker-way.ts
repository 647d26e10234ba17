import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { GenericContainer, StartedTestContainer } from 'testcontainers'
import { type DockerEngine, ensureImages, findDocker, type Images } from './docker-images.ts'
import { openVolumes } from './docker-volumes.ts'
import { CLUSTER_ID, kafkaProperties } from './kafka-properties.ts'
import { loopbackContainer } from './loopback-container.ts'
import type { Address, ServiceName } from './names.ts'
import { type ReservedPort, reservePort } from './ports.ts'
import { untilReady } from './ready.ts'
import { logTail, serverLog } from './server-log.ts'
import type { StartContext, StartedWay, Way } from './way.ts'

const CONTAINER_PORT: Readonly<Record<ServiceName, number>> = {
  kafka: 9092,
  registry: 8080,
  dynamodb: 8000,
  sqs: 9324,
}

/** Formats on the first start, then runs: the image's own start script does the same, but without our properties. */
const KAFKA_COMMAND = `/opt/kafka/bin/kafka-storage.sh format --ignore-formatted -t ${CLUSTER_ID} -c /tmp/kafka.properties \
&& exec /opt/kafka/bin/kafka-server-start.sh /tmp/kafka.properties`

interface Place {
  readonly host: string
  readonly port: number
  readonly inMemory: boolean
}

function configure(container: GenericContainer, name: ServiceName, { host, port, inMemory }: Place): GenericContainer {
  switch (name) {
    case 'kafka': {
      const place = { logDir: '/data/logs', listen: '0.0.0.0:9092', controller: '127.0.0.1:9093' }
      const content = kafkaProperties({ ...place, advertised: `${host}:${port}` })
      return container
        .withCopyContentToContainer([{ content, target: '/tmp/kafka.properties' }])
        .withEnvironment({ LOG_DIR: '/tmp/kafka-logs', KAFKA_HEAP_OPTS: '-Xmx512m' })
        .withEntrypoint(['sh', '-c'])
        .withCommand([KAFKA_COMMAND])
    }
    case 'registry':
      return container.withEnvironment({
        APICURIO_STORAGE_KIND: 'sql',
        APICURIO_STORAGE_SQL_KIND: 'h2',
        APICURIO_DATASOURCE_URL: inMemory ? 'jdbc:h2:mem:registry' : 'jdbc:h2:file:/data/registry',
      })
    case 'dynamodb': {
      const data = inMemory ? ['-inMemory'] : ['-dbPath', '/data']
      return container.withCommand(['-jar', 'DynamoDBLocal.jar', '-sharedDb', ...data, '-disableTelemetry'])
    }
    case 'sqs':
      return container
  }
}

interface DockerRun extends StartContext {
  readonly engine: DockerEngine
  readonly volumes: string
  readonly containers: StartedTestContainer[]
  readonly ports: ReservedPort[]
}

async function startContainer(run: DockerRun, name: ServiceName, image: string): Promise<Address> {
  const began = Date.now()
  const { Wait } = await import('testcontainers')
  const { host } = run.engine.client.info.containerRuntime
  const reserved = await reservePort()
  run.ports.push(reserved)
  const { port } = reserved
  const container = configure(await loopbackContainer(image, host), name, { host, port, inMemory: run.inMemory })
    .withUser('0') // the owner of a new volume
    .withBindMounts([{ source: `${run.volumes}-${name}`, target: '/data', mode: 'rw' }])
    .withExposedPorts({ container: CONTAINER_PORT[name], host: port })
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(300_000)
    .withLogConsumer((stream) => stream.pipe(createWriteStream(serverLog(run.dataDir, name))))
  run.signal.throwIfAborted()
  try {
    run.containers.push(await container.start())
    await untilReady(name, host, port, { signal: run.signal })
  } catch (error) {
    run.signal.throwIfAborted()
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(`${name} did not start: ${message}; ${await logTail(serverLog(run.dataDir, name))}`, {
      cause: error,
    })
  }
  run.log(`${name} ready on ${host}:${port} after ${((Date.now() - began) / 1000).toFixed(1)} s`)
  return { name, host, port }
}

/**
 * Starts these services in parallel as containers, with their data in volumes. If one fails, the others are stopped
 * again.
 */
async function startDocker(engine: DockerEngine, images: Images, context: StartContext): Promise<StartedWay> {
  await mkdir(join(context.dataDir, 'log'), { recursive: true })
  const volumes = await openVolumes(engine, context.dataDir)
  const run: DockerRun = { ...context, engine, volumes, containers: [], ports: [] }
  const stop = async () => {
    await Promise.all(run.containers.map((container) => container.stop({ remove: true, removeVolumes: false })))
    for (const port of run.ports.splice(0)) port.release()
  }
  const starts = Object.entries(images).map(([name, image]) => startContainer(run, name as ServiceName, image))
  await Promise.allSettled(starts)
  try {
    return { addresses: await Promise.all(starts), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Runs the servers as containers of a Docker engine. Its reaper removes them when this process dies abruptly. */
export const dockerWay: Way = {
  async open(names, context) {
    const engine = await findDocker()
    if (engine.why !== undefined) return { possible: false, why: engine.why }
    try {
      const images = await ensureImages(engine, names, context.log)
      const because = `Docker ${engine.version} answers and has the images`
      return { possible: true, because, start: () => startDocker(engine, images, context) }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return { possible: false, why: `Docker ${engine.version} answers, but ${message}` }
    }
  },
}
