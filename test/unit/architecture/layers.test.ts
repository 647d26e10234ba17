import { expect, test } from 'vitest'
import { countRelativeImports, findViolations } from './layer-rules.ts'
import { file, sourceFiles } from './source-files.ts'

test('the project keeps the dependency rule', () => {
  const files = [...sourceFiles('src'), ...sourceFiles('simulators')]
  expect(countRelativeImports(files)).toBeGreaterThan(20)
  expect(findViolations(files)).toEqual([])
})

test.each([
  ['events', '../platform/clock.ts'],
  ['platform', '../configuration/model.ts'],
  ['systems', '../control/tasks.ts'],
  ['configuration', '../systems/clients.ts'],
  ['control', '../producers/source.ts'],
  ['producers', '../processors/processor.ts'],
  ['processors', '../projections/projection.ts'],
  ['projections', '../producers/source.ts'],
  ['projections', '../systems/clients.ts'],
  ['rules', '../configuration/tables.ts'],
  ['systems', '../configuration/load-configuration.ts'],
  ['api', '../producers/source.ts'],
  ['api', '../processors/processor.ts'],
  ['api', '../projections/projection.ts'],
  ['api', '../control/runs.ts'],
  ['api', '../systems/systems.ts'],
  ['api', '../configuration/tables.ts'],
  ['operations', '../api/app.ts'],
  ['operations', '../cli/platform.ts'],
])('%s may not import %s', (layer, target) => {
  const violations = findViolations([file(`src/${layer}/planted.ts`, `import { x } from '${target}'\n`)])
  expect(violations).toEqual([
    `src/${layer}/planted.ts imports src/${target.slice(3)}: ${layer} may not import ${target === '../configuration/model.ts' ? 'model' : target.split('/')[1]}`,
  ])
})

test.each([
  ['a type', "import type { X } from '../producers/source.ts'"],
  ['a name over several lines', "import {\n  x,\n  type Y,\n} from '../producers/source.ts'"],
  ['an effect', "import '../producers/source.ts'"],
  ['a re-export', "export { x } from '../producers/source.ts'"],
  ['everything', "export * from '../producers/source.ts'"],
  ['a late import', "const x = await import('../producers/source.ts')"],
])('an import is seen whatever its form: %s', (_, text) => {
  expect(findViolations([file('src/processors/planted.ts', text)])).toHaveLength(1)
})

test('the API may know the types of what operations return, and reaches no table or topic', () => {
  const text = [
    "import type { Run } from '../control/runs.ts'",
    "import type { FeedRow } from '../projections/projection.ts'",
    "import type { Source } from '../producers/source.ts'",
    "import type { Tables } from '../platform/dynamodb/tables.ts'",
    "import type { Clock } from '../platform/clock.ts'",
  ].join('\n')
  expect(findViolations([file('src/api/planted.ts', text)])).toEqual([
    'src/api/planted.ts imports src/producers/source.ts: api may not import producers',
    'src/api/planted.ts imports src/platform/dynamodb/tables.ts: the API reaches tables and topics by operations alone',
  ])
})

test('src and simulators do not know each other, and src knows nothing beside itself', () => {
  expect(
    findViolations([
      file('src/systems/planted.ts', "import { x } from '../../simulators/netsuite/app.ts'"),
      file('simulators/planted.ts', "import { x } from '../src/events/topics.ts'"),
      file('src/configuration/planted.ts', "import { x } from '../../services/start.ts'"),
    ]),
  ).toEqual([
    'src/systems/planted.ts imports simulators/netsuite/app.ts: src stands alone',
    'simulators/planted.ts imports src/events/topics.ts: simulators know nothing of src',
    'src/configuration/planted.ts imports services/start.ts: src stands alone',
  ])
  expect(findViolations([file('src/cli/main.ts', "import { x } from '../../simulators/harness.ts'")])).toHaveLength(1)
})

test('nobody imports the command line, and a layer that is not in the table is refused', () => {
  expect(findViolations([file('src/api/app.ts', "import { x } from '../cli/main.ts'")])).toEqual([
    'src/api/app.ts imports src/cli/main.ts: api may not import cli',
  ])
  expect(findViolations([file('src/helpers/x.ts', "import { x } from '../events/topics.ts'")])).toEqual([
    'src/helpers/x.ts: the layer helpers is not in the table of layers',
  ])
})

test('a room imports no other room, and nobody but the list imports a room', () => {
  expect(
    findViolations([
      file('src/systems/netsuite/a.ts', "import { x } from '../magento2/b.ts'"),
      file('src/systems/netsuite/b.ts', "import { x } from './client.ts'\nimport { y } from '../kit/wire.ts'"),
      file('src/systems/netsuite/c.ts', "import { x } from '../system.ts'"),
      file('src/systems/kit/d.ts', "import { x } from '../sqs/client.ts'"),
      file('src/systems/systems.ts', "import { x } from './sqs/system.ts'"),
      file('src/systems/clients.ts', "import { x } from './sqs/system.ts'"),
      file('src/producers/e.ts', "import { x } from '../systems/sqs/client.ts'"),
      file('src/producers/f.ts', "import { x } from '../systems/kit/source.ts'"),
      file('src/systems/netsuite/g.ts', "import { x } from '../systems.ts'"),
    ]),
  ).toEqual([
    'src/systems/netsuite/a.ts imports src/systems/magento2/b.ts: the room magento2 is closed; share it in src/systems/kit',
    'src/systems/kit/d.ts imports src/systems/sqs/client.ts: the room sqs is closed; share it in src/systems/kit',
    'src/systems/clients.ts imports src/systems/sqs/system.ts: the room sqs is closed; share it in src/systems/kit',
    'src/producers/e.ts imports src/systems/sqs/client.ts: the room sqs is closed; share it in src/systems/kit',
    'src/systems/netsuite/g.ts imports src/systems/systems.ts: a room knows no list of rooms',
  ])
})

test('what stands behind a port is imported in one folder', () => {
  const text = "import { Kafka } from 'kafkajs'\n"
  expect(findViolations([file('src/platform/kafka/consumer.ts', text)])).toEqual([])
  expect(findViolations([file('src/platform/consumer.ts', text), file('src/cli/main.ts', text)])).toEqual([
    'src/platform/consumer.ts imports kafkajs: only src/platform/kafka does',
    'src/cli/main.ts imports kafkajs: only src/platform/kafka does',
  ])
  const metrics = "import { Registry } from 'prom-client'\n"
  expect(findViolations([file('src/platform/metrics/meter.ts', metrics)])).toEqual([])
  expect(findViolations([file('src/platform/runtime/run-batch.ts', metrics)])).toEqual([
    'src/platform/runtime/run-batch.ts imports prom-client: only src/platform/metrics does',
  ])
})

test('what most processes do without is loaded where it is needed, by one import()', () => {
  const lazy = "const { createOtelTracer } = await import('../platform/tracing/otel-tracer.ts')"
  const eager = "import { createOtelTracer } from '../platform/tracing/otel-tracer.ts'"
  expect(findViolations([file('src/cli/platform.ts', lazy)])).toEqual([])
  expect(findViolations([file('src/cli/platform.ts', eager)])).toEqual([
    'src/cli/platform.ts imports src/platform/tracing/otel-tracer.ts: it is loaded by import() where it is needed',
  ])
  const sdk = "import { trace } from '@opentelemetry/api'"
  expect(findViolations([file('src/platform/tracing/otel-tracer.ts', sdk)])).toEqual([])
  expect(findViolations([file('src/platform/http.ts', sdk)])).toEqual([
    'src/platform/http.ts imports @opentelemetry: only src/platform/tracing does',
  ])
})

test('the environment is read in one file, and its reader is called by the command line alone', () => {
  expect(
    findViolations([
      file('src/config.ts', 'export const x = process.env'),
      file('src/api/server.ts', "const port = process.env['API_PORT']"),
      file('src/platform/a.ts', "import type { Config } from '../config.ts'"),
      file('src/platform/b.ts', "import { readConfig } from '../config.ts'"),
      file('src/cli/main.ts', "import { readConfig } from '../config.ts'"),
    ]),
  ).toEqual([
    'src/platform/b.ts imports more than types of src/config.ts: only src/cli does',
    'src/api/server.ts reads process.env: only src/config.ts does',
  ])
})

test('a cycle between layers is found, however long', () => {
  const violations = findViolations([
    file('src/configuration/a.ts', "import { x } from '../platform/b.ts'"),
    file('src/platform/b.ts', "import { x } from '../events/c.ts'"),
    file('src/events/c.ts', "import { x } from '../configuration/a.ts'"),
  ])
  expect(violations).toContain('cycle: configuration → platform → events → configuration')
})
