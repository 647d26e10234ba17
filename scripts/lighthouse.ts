/**
 * Measures performance and accessibility of the page with Lighthouse, as on a phone and on a desktop, over the sample
 * installation. npm downloads Lighthouse for each measurement: it is larger than all other development packages.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { chromiumPath, howToGetChromium } from '../test/worlds/chromium.ts'
import { servedSample } from '../test/worlds/sample/served-sample.ts'

const LIGHTHOUSE = 'lighthouse@12.8.2'
/** The median of so many runs counts: single runs may be disturbed. */
const RUNS = 3
const GOAL = 95
const ATTEMPTS = 3
const pages = { overview: '/', order: '/orders/outdoor/100004217' }
const settings = { phone: [], desk: ['--preset=desktop'] }

if (chromiumPath === undefined) {
  process.stderr.write(`no Chromium: ${howToGetChromium}\n`)
  process.exit(3)
}

interface Report {
  readonly runtimeError?: { readonly message: string }
  readonly categories: Readonly<Record<'performance' | 'accessibility', { readonly score: number | null }>>
  readonly audits: Readonly<Record<string, { readonly displayValue?: string }>>
}

const sample = await servedSample(Date.now())
try {
  process.stdout.write(`load of the machine ${loadavg()[0]?.toFixed(1)}; the median of ${RUNS} runs\n`)
  for (const [name, path] of Object.entries(pages)) {
    for (const [size, options] of Object.entries(settings)) {
      const reports: Report[] = []
      for (let run = 0; run < RUNS; run += 1) reports.push(await measure(`${sample.base}${path}`, options))
      tell(`${name}, ${size}`, reports.toSorted((a, b) => scoreOf(a) - scoreOf(b))[Math.floor(RUNS / 2)])
    }
  }
} finally {
  await sample.close()
}

function scoreOf(report: Report, category: 'performance' | 'accessibility' = 'performance'): number {
  return Math.round((report.categories[category].score ?? 0) * 100)
}

function tell(what: string, report: Report | undefined): void {
  if (report === undefined) return
  const [performance, accessibility] = [scoreOf(report), scoreOf(report, 'accessibility')]
  const times = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift']
  const shown = times.map((id) => `${id} ${report.audits[id]?.displayValue ?? '–'}`).join(', ')
  process.stdout.write(`${what}: performance ${performance}, accessibility ${accessibility} (${shown})\n`)
  if (performance < GOAL || accessibility < GOAL) process.exitCode = 1
}

/** One run of Lighthouse, while the server answers. A run is repeated if Chromium started its trace too late. */
async function measure(url: string, options: readonly string[]): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-lighthouse-'))
  try {
    for (let attempt = 1; ; attempt += 1) {
      const report = await measureOnce(url, options, join(folder, `${attempt}.json`))
      const { runtimeError } = report
      if (runtimeError === undefined) return report
      if (attempt === ATTEMPTS) throw new Error(`lighthouse: ${runtimeError.message}`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes the output to a file: on a pipe it is cut off if the program ends before it is read. */
async function measureOnce(url: string, options: readonly string[], file: string): Promise<Report> {
  const categories = '--only-categories=performance,accessibility'
  const flags = '--chrome-flags=--headless=new --no-sandbox'
  const output = ['--output=json', `--output-path=${file}`]
  const args = ['--yes', LIGHTHOUSE, url, categories, flags, '--quiet', ...output, ...options]
  const env = { ...process.env, CHROME_PATH: chromiumPath }
  const child = spawn('npx', args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(child, 'exit')
  const said = await text(child.stderr)
  const [code] = await ended
  if (!existsSync(file)) throw new Error(`lighthouse ended with exit code ${code}:\n${said.slice(-2000)}`)
  return JSON.parse(await readFile(file, 'utf8')) as Report
}
