import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { glob, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Measured } from '../meter.ts'

/** A program of others that routes orders, ready to be run. */
export interface Peer {
  readonly command: string
  readonly args: readonly string[]
}

/** Why a peer can't be had here, in words that fit after "because". */
export interface NoPeer {
  readonly why: string
}

export type Environment = Readonly<Record<string, string | undefined>>

/** What a peer has to do; topics with prefix. */
export interface PeerWork {
  readonly from: string
  readonly to: string
  readonly group: string
  /** What SKUs of the vendor's lines begin with. */
  readonly skuPrefix: string
  readonly threads: number
  /** Whether it keeps, in a state store, which version of an order the vendor has. */
  readonly remembers: boolean
}

const SCHEMA = fileURLToPath(new URL('../../schemas/order-changed.avsc', import.meta.url))

/** Runs a peer to its end; what it prints is what it took. */
export function runPeer(peer: Peer, work: PeerWork, env: Environment, signal: AbortSignal): Promise<Measured> {
  const child = spawn(peer.command, peer.args, {
    env: {
      ...env,
      PEER_FROM: work.from,
      PEER_TO: work.to,
      PEER_GROUP: work.group,
      PEER_PREFIX: work.skuPrefix,
      PEER_THREADS: String(work.threads),
      PEER_REMEMBERS: String(work.remembers),
      PEER_SCHEMA: SCHEMA,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, end) => {
      if (code === 0) resolve(JSON.parse(printed) as Measured)
      else reject(new Error(`${peer.command} ended with ${end ?? `code ${code}`}`))
    })
  })
}

/**
 * A folder of the user's cache in which a peer was built from these sources. Built aside and moved in place whole: a
 * folder that is there is complete. Rejects with what `build` threw.
 */
export async function builtFolder(
  name: string,
  env: Environment,
  build: (sources: string, folder: string) => Promise<void>,
): Promise<string> {
  const sources = fileURLToPath(new URL(name, import.meta.url))
  const cache = join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'waldstream')
  const folder = join(cache, `peer-${name}-${await digestOf(sources)}`)
  if (existsSync(folder)) return folder
  const aside = join(cache, `.peer-${name}-${randomUUID()}`)
  try {
    await mkdir(aside, { recursive: true })
    await build(sources, aside)
    await rename(aside, folder)
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
  return folder
}

async function digestOf(folder: string): Promise<string> {
  const digest = createHash('sha256')
  const files = (await Array.fromAsync(glob('**/*.{xml,java,py,txt}', { cwd: folder }))).toSorted()
  for (const file of files) digest.update(file).update(await readFile(join(folder, file)))
  return digest.digest('hex').slice(0, 12)
}
