import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CLUSTER_ID, type KafkaPlace, kafkaProperties } from './kafka-properties.ts'
import type { ServiceName } from './names.ts'

/** What a server needs to run from jars: its jars, its data folder, and its ports. */
export interface JarPlace {
  readonly jars: string
  readonly dataDir: string
  /** Tables and schemas are not stored in it. */
  readonly inMemory: boolean
  readonly port: number
  /** A second port, used by Kafka's controller. */
  readonly innerPort: number
  /** Java can also run programs from source. */
  readonly compiles: boolean
}

/** A Java program: the arguments of `java`, and extra environment variables. */
export interface JavaProgram {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/**
 * How to run one server: files to write, then, unless the file `unless` exists, a program that prepares its data, then
 * the server.
 */
export interface JarServer {
  readonly files: Readonly<Record<string, string>>
  readonly prepare?: { readonly unless: string; readonly program: JavaProgram }
  readonly program: JavaProgram
}

const HOST = '127.0.0.1'

/**
 * Optimized for a fast start, not for peak speed: with the first compiler alone the registry starts in two thirds of
 * the time.
 */
const QUICK = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Djava.awt.headless=true']

/** A single broker, or one of several. */
export function kafka({ jars, dataDir, port, innerPort }: JarPlace, member?: KafkaPlace['member']): JarServer {
  const properties = join(dataDir, 'server.properties')
  const logDir = join(dataDir, 'logs')
  const listen = `${HOST}:${port}`
  const log4j = `-Dlog4j2.configurationFile=${fileURLToPath(new URL('log4j2.properties', import.meta.url))}`
  const java = [...QUICK, log4j, '-cp', join(jars, '*')]
  return {
    files: {
      [properties]: kafkaProperties({
        logDir,
        listen,
        controller: `${HOST}:${innerPort}`,
        advertised: listen,
        ...(member === undefined ? {} : { member }),
      }),
    },
    prepare: {
      unless: join(logDir, 'meta.properties'),
      program: { args: [...java, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties], env: {} },
    },
    program: { args: ['-Xmx512m', ...java, 'kafka.Kafka', properties], env: {} },
  }
}

function registry({ jars, dataDir, inMemory, port }: JarPlace): JarServer {
  const runner = join(jars, 'apicurio-registry-app-3.0.9-runner.jar')
  const classPath = `${runner}:${join(jars, 'lib', '*')}`
  return {
    files: {},
    program: {
      args: ['-Xmx384m', ...QUICK, '-cp', classPath, 'io.quarkus.runner.GeneratedMain'],
      env: {
        QUARKUS_HTTP_HOST: HOST,
        QUARKUS_HTTP_PORT: String(port),
        QUARKUS_HTTP_ACCESS_LOG_ENABLED: 'false',
        APICURIO_STORAGE_KIND: 'sql',
        APICURIO_STORAGE_SQL_KIND: 'h2',
        APICURIO_DATASOURCE_URL: inMemory ? 'jdbc:h2:mem:registry' : `jdbc:h2:file:${join(dataDir, 'registry')}`,
      },
    },
  }
}

/** By default DynamoDB Local listens on all addresses of the machine; without a Java compiler this can't be changed. */
function dynamodb({ jars, dataDir, inMemory, port, compiles }: JarPlace): JarServer {
  const own = fileURLToPath(new URL('LoopbackDynamoDb.java', import.meta.url))
  const main = compiles ? own : 'software.amazon.dynamodb.services.local.main.ServerRunner'
  const data = inMemory ? ['-inMemory'] : ['-dbPath', dataDir]
  const server = [main, '-port', String(port), '-sharedDb', ...data, '-disableTelemetry']
  const java = ['-Xmx512m', ...QUICK, `-Dsqlite4java.library.path=${jars}`, '-cp', join(jars, '*')]
  return { files: {}, program: { args: [...java, ...server], env: {} } }
}

function sqs({ jars, dataDir, port }: JarPlace): JarServer {
  const config = join(dataDir, 'elasticmq.conf')
  const settings = `include classpath("application.conf")
node-address { protocol = http, host = "${HOST}", port = ${port}, context-path = "" }
rest-sqs { enabled = true, bind-hostname = "${HOST}", bind-port = ${port} }
rest-stats { enabled = false }
queues-storage { enabled = true, path = "${join(dataDir, 'queues.conf')}" }
messages-storage { enabled = true, uri = "jdbc:h2:${join(dataDir, 'messages')}" }
`
  const java = ['-Xmx256m', ...QUICK, `-Dconfig.file=${config}`, '-cp', join(jars, '*')]
  return { files: { [config]: settings }, program: { args: [...java, 'org.elasticmq.server.Main'], env: {} } }
}

/** How to run each service from its jars. */
export const JAR_SERVERS: Readonly<Record<ServiceName, (place: JarPlace) => JarServer>> = {
  kafka: (place) => kafka(place),
  registry,
  dynamodb,
  sqs,
}
