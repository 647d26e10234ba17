import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kafka } from '../../services/jar-servers.ts'
import { ensureJars } from '../../services/jars.ts'
import { findJava } from '../../services/java.ts'
import { reservePort } from '../../services/ports.ts'
import { untilReady } from '../../services/ready.ts'
import { logTail, serverLog } from '../../services/server-log.ts'
import { startSupervisor } from '../../services/supervisor.ts'

const HOST = '127.0.0.1'

export interface TokenBroker {
  /** `host:port` of its listener for clients with tokens. */
  readonly address: string
  stop(): Promise<void>
}

/** What is added to the settings of a broker: a listener that takes tokens (SASL/OAUTHBEARER), and how long they last. */
function tokenListener(
  address: string,
  plain: { readonly listen: string; readonly controller: string },
  sessionMs: number,
): string {
  return Object.entries({
    listeners: `BROKER://${plain.listen},CONTROLLER://${plain.controller},CLIENT://${address}`,
    'advertised.listeners': `BROKER://${plain.listen},CLIENT://${address}`,
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENT:SASL_PLAINTEXT',
    'listener.name.client.sasl.enabled.mechanisms': 'OAUTHBEARER',
    'listener.name.client.oauthbearer.sasl.jaas.config':
      'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";',
    'listener.name.client.oauthbearer.connections.max.reauth.ms': String(sessionMs),
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/**
 * A broker in Java whose clients sign in with unsigned JWTs, and sign in again before `sessionMs` are over: the broker
 * closes the connections of those that do not. It ends with `stop` and with this process.
 */
export async function startTokenBroker(sessionMs: number): Promise<TokenBroker> {
  const java = await findJava(process.env)
  if (java.why !== undefined) throw new Error(`a broker that takes tokens needs Java: ${java.why}`)
  const signal = new AbortController().signal
  const jars = join(await ensureJars(['kafka'], { env: process.env, log: console.warn, signal }), 'kafka')
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-token-broker-'))
  const [plain, inner, tokens] = await Promise.all([reservePort(), reservePort(), reservePort()])
  const address = `${HOST}:${tokens.port}`
  const place = { jars, dataDir: folder, inMemory: false, port: plain.port, innerPort: inner.port, compiles: true }
  const { files, prepare, program } = kafka(place)
  const listener = tokenListener(
    address,
    { listen: `${HOST}:${plain.port}`, controller: `${HOST}:${inner.port}` },
    sessionMs,
  )
  await mkdir(join(folder, 'log'))
  // The later of two lines with the same name counts.
  for (const [file, text] of Object.entries(files)) await writeFile(file, text + listener)
  const supervisor = await startSupervisor()
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const run = (id: string, { args, env }: typeof program) =>
    supervisor.run({
      id,
      command: java.command,
      args,
      env: { ...Object.fromEntries(inherited), ...env },
      cwd: folder,
      logFile: serverLog(folder, id),
    })
  const stop = async () => {
    await supervisor.stop()
    for (const port of [plain, inner, tokens]) port.release()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    if (prepare !== undefined) await (await run('prepare', prepare.program)).exited
    const broker = await run('kafka', program)
    const failed = broker.exited.then(async ({ reason }): Promise<never> => {
      throw new Error(`the broker ended with ${reason}; ${await logTail(serverLog(folder, 'kafka'))}`)
    })
    failed.catch(() => undefined)
    await untilReady('kafka', HOST, plain.port, { signal, failed })
  } catch (error) {
    await stop()
    throw error
  }
  return { address, stop }
}
