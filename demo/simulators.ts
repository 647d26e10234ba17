import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { StreamError } from '../src/errors.ts'
import type { DemoOptions } from './options.ts'

/** Addresses and credentials of the simulators, as their process prints them. */
export interface SimulatorAddresses {
  readonly magento: { readonly url: string; readonly credentials: Readonly<Record<string, string>> }
  readonly netsuite: { readonly url: string; readonly credentials: Readonly<Record<string, string>> }
  readonly images: { readonly url: string }
  /** With all connections. */
  readonly sap?: { readonly url: string; readonly credentials: Readonly<Record<string, string>> }
  readonly bigcommerce?: { readonly url: string; readonly credentials: Readonly<Record<string, string>> }
  readonly acme?: {
    readonly url: string
    readonly sftp: string
    readonly credentials: Readonly<Record<string, string>>
  }
}

export interface RunningSimulators {
  readonly addresses: SimulatorAddresses
  stop(): Promise<void>
}

/** How many of the orders, of 1, are as real shops have them: bundles, options, charges, credit memos, edits. */
const REAL_SHARE = '0.3'

const MAIN = new URL('../simulators/main.ts', import.meta.url).pathname

/** Starts the simulators in a process of their own, which ends with us, however we end. */
export async function startSimulators(options: DemoOptions, signal: AbortSignal): Promise<RunningSimulators> {
  const args = ['--data', join(options.dataDir, 'simulators'), '--vendor-pattern', options.vendorPattern]
  args.push('--seed', String(options.seed), '--orders', String(options.orders))
  args.push('--real-share', REAL_SHARE)
  if (options.catalog !== null) args.push('--catalog', options.catalog)
  if (options.mixedStates) args.push('--mixed-states')
  if (options.connections === 'all') {
    args.push('--second-vendor-pattern', options.secondVendorPattern)
    args.push('--file-vendor-pattern', options.fileVendorPattern)
  }
  if (!options.once) args.push('--pull-every', '10')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const stop = () => void child.stdin?.end()
  signal.addEventListener('abort', stop)
  const addresses = await firstLine(child)
  signal.removeEventListener('abort', stop)
  return { addresses: JSON.parse(addresses) as SimulatorAddresses, stop: () => end(child) }
}

async function firstLine(child: ChildProcess): Promise<string> {
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-2000)
  })
  if (child.stdout === null) throw new Error('the simulators have no output')
  for await (const line of createInterface({ input: child.stdout })) return line
  throw new StreamError('services_missing', `the simulators did not start: ${errors.trim()}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.stdin?.end()
  })
}
