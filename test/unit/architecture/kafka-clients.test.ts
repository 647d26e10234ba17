// Every client of Kafka signs in in the same way: the program makes them in one place.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../../../src', import.meta.url))

it('the program makes clients of Kafka in one place', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const makers = files.filter((file) => /new (kafkajs\.)?Kafka\(/.test(readFileSync(join(SRC, file), 'utf8')))
  expect(makers).toEqual([join('platform', 'kafka', 'kafkajs-event-log.ts')])
})
