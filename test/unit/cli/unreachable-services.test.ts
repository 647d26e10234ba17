// Commands without their services printed dozens of kafkajs' lines before the one that says what to do.
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

/** Nothing listens there. */
const CLOSED = '127.0.0.1:9'

async function waldstream(...args: readonly string[]) {
  const { LOG_LEVEL: _level, LOG_FORMAT: _format, ...own } = process.env
  const child = spawn(process.execPath, ['src/cli/main.ts', ...args], {
    cwd: new URL('../../../', import.meta.url),
    env: {
      ...own,
      KAFKA_BROKERS: CLOSED,
      SCHEMA_REGISTRY_URL: `http://${CLOSED}`,
      DYNAMODB_ENDPOINT: `http://${CLOSED}`,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [printed, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, printed, lines: errors.trimEnd().split('\n') }
}

it.each([['sync', 'shop.orders.all'], ['orders'], ['run', '--role', 'api']])(
  '%s says in one line what does not answer, and what to do',
  async (...args) => {
    const { code, printed, lines } = await waldstream(...args)
    expect({ code, printed, lines }).toEqual({
      code: 1,
      printed: '',
      lines: [
        expect.stringMatching(
          /^(broker|registry|table)_unavailable: .* at 127\.0\.0\.1:9 \((KAFKA_BROKERS|SCHEMA_REGISTRY_URL|DYNAMODB_ENDPOINT)\).*ECONNREFUSED; start the demo with npm start, or correct the address$/,
        ),
      ],
    })
  },
)
