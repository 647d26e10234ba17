import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { findJava, findMaven } from '../../services/java.ts'
import { runCommand } from '../../services/run-command.ts'
import { builtFolder, type Environment, type NoPeer, type Peer } from './peer.ts'

/** As in its pom.xml. */
export const KAFKA_STREAMS = 'Kafka Streams 4.3.1'

/** Kafka Streams on Java, built by Maven once. */
export async function kafkaStreams(env: Environment, signal: AbortSignal): Promise<Peer | NoPeer> {
  const [java, maven] = [await findJava(env), await findMaven(env)]
  if (java.why !== undefined) return { why: java.why }
  if (maven.why !== undefined) return { why: maven.why }
  try {
    const folder = await builtFolder('kafka-streams', env, async (sources, aside) => {
      // Maven writes beside them.
      await cp(sources, aside, { recursive: true })
      const pom = join(aside, 'pom.xml')
      await runCommand(maven.command, ['--quiet', '--batch-mode', '--file', pom, 'package'], { env, signal })
    })
    const classPath = [join(folder, 'target', 'peer.jar'), join(folder, 'target', 'lib', '*')].join(':')
    return { command: java.command, args: ['-Xmx512m', '-cp', classPath, 'Peer'] }
  } catch (error) {
    signal.throwIfAborted()
    return { why: `Maven could not build it: ${error instanceof Error ? error.message : String(error)}` }
  }
}
