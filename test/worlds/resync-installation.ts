import { NETSUITE_CREDENTIALS } from '../../simulators/netsuite/credentials.ts'
import { startNetSuiteSimulator } from '../../simulators/netsuite/start.ts'
import { type RunningRoles, roles, startRoles } from '../../src/cli/roles.ts'
import { install } from './processes-roles.ts'
import { smallCatalogFile } from './sources.ts'
import { syncsOf } from './sync-now.ts'

interface Row {
  readonly source: string
  readonly sku: string
  readonly deleted: boolean
  readonly position: string
  readonly data: Readonly<Record<string, unknown>>
}

/** All roles over real servers, reading NetSuite's simulator on request alone. */
export async function resyncInstallation(name: string, services: Readonly<Record<string, string>>) {
  const netsuite = await startNetSuiteSimulator({
    dataFile: ':memory:',
    catalogFile: smallCatalogFile,
    vendorPattern: /^WLD-/,
    seed: 3,
  })
  const { consumerKey, consumerSecret, token, tokenSecret } = NETSUITE_CREDENTIALS
  const installation = await install(name, services, {
    DEMO_NETSUITE_URL: netsuite.url,
    DEMO_NETSUITE_CONSUMER_KEY: consumerKey,
    DEMO_NETSUITE_CONSUMER_SECRET: consumerSecret,
    DEMO_NETSUITE_TOKEN_ID: token,
    DEMO_NETSUITE_TOKEN_SECRET: tokenSecret,
  })
  const { platform } = installation
  const environment = {
    DEMO_NETSUITE_CONSUMER_KEY: consumerKey,
    DEMO_NETSUITE_CONSUMER_SECRET: consumerSecret,
    DEMO_NETSUITE_TOKEN_ID: token,
    DEMO_NETSUITE_TOKEN_SECRET: tokenSecret,
  }
  const config = {
    ...platform.config,
    environment: { ...platform.config.environment, ...environment, DEMO_NETSUITE_URL: netsuite.url },
    api: { ...platform.config.api, port: 0 },
  }
  const running: RunningRoles = await startRoles({ ...platform, config }, roles, { schedules: false })
  const url = running.api?.url ?? ''
  const request = async (method: string, path: string, body?: unknown) => {
    const json =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await fetch(`${url}${path}`, { method, ...json })
    return { status: answer.status, json: JSON.parse(await answer.text()) }
  }
  return {
    ...installation,
    netsuite,
    request,
    /** Runs a read and resolves with the run when it has ended, however it ended. */
    sync: syncsOf(platform),
    /** A shop that follows the cursor of a feed, and keeps what it is given. */
    reader(feed: string, connection: string) {
      const rows = new Map<string, Row>()
      const statuses: number[] = []
      let cursor: string | null = null
      return {
        rows,
        statuses,
        /** Reads until the feed says that it has given everything. */
        async follow(): Promise<void> {
          for (;;) {
            const path: string = `/v1/feeds/${feed}?connection=${connection}&limit=100`
            const { status, json } = await request('GET', cursor === null ? path : `${path}&cursor=${cursor}`)
            statuses.push(status)
            if (status === 410) {
              rows.clear()
              cursor = null
              continue
            }
            if (status !== 200) throw new Error(`the feed answered ${status}: ${JSON.stringify(json)}`)
            for (const row of json.items as readonly Row[]) rows.set(`${row.source} ${row.sku}`, row)
            cursor = json.cursor
            if (json.items.length === 0) return
          }
        },
      }
    },
    async close(): Promise<void> {
      await running.close()
      await installation.close()
      await netsuite.close()
    },
  }
}
