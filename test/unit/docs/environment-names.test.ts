// A page that names a variable which the page of settings lacks sends people looking for it.

import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const DOCS = new URL('../../../docs/', import.meta.url)
const read = (page: string) => readFileSync(new URL(page, DOCS), 'utf8')
const settings = read('reference/settings.md')

/** First words of variables; what vendors call their errors begins otherwise. */
const VARIABLE =
  /`((?:ALLOWED|API|AWS|CONFIG|CURSOR|DYNAMODB|FEED|JAVA|KAFKA|METRICS|NODE|OIDC|OTEL|RUN|SCHEMA_REGISTRY|SECRET|SMTP|TABLE|TOPIC|XDG)_[A-Z0-9_]*[A-Z0-9])(?:=[^`]*)?`/g

const pages = readdirSync(DOCS, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.md') && !name.startsWith('decisions'),
)

/** Variables that a text names and the page of settings does not. */
const unknownIn = (text: string) =>
  [...text.matchAll(VARIABLE)].map(([, name = '']) => name).filter((name) => !settings.includes(`\`${name}\``))

it.each(pages)('%s names variables that the page of settings has', (page) => {
  expect(unknownIn(read(page))).toEqual([])
})

it('a variable that the page of settings lacks is found', () => {
  expect(unknownIn('set `KAFKA_BROKERS` and `KAFKA_PLANTED=1`, for `INVALID_LOGIN`')).toEqual(['KAFKA_PLANTED'])
})
