import { expect, it } from 'vitest'
import { mergeExpositions } from '../../../../src/platform/metrics/merge-expositions.ts'
import { createMetrics } from '../../../../src/platform/metrics/prom-meter.ts'

it('texts of several processes are one, with each metric once and the samples of all', async () => {
  const [first, second] = [createMetrics(), createMetrics()]
  for (const metrics of [first, second]) {
    metrics.count('waldstream_order_lines_unaccounted_total', {}, 0)
    metrics.count('waldstream_stage_records_total', { stage: 'a "quoted} stage' }, 2)
  }
  second.count('waldstream_stage_records_total', { stage: 'b' })
  const texts = new Map([
    ['0', await first.exposition([])],
    ['1', await second.exposition([])],
  ])
  const lines = mergeExpositions(texts).split('\n')
  expect(lines.filter((line) => line.startsWith('# TYPE'))).toEqual([
    '# TYPE waldstream_order_lines_unaccounted_total counter',
    '# TYPE waldstream_stage_records_total counter',
  ])
  expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
    'waldstream_order_lines_unaccounted_total{worker="0"} 0',
    'waldstream_order_lines_unaccounted_total{worker="1"} 0',
    'waldstream_stage_records_total{stage="a \\"quoted} stage",worker="0"} 2',
    'waldstream_stage_records_total{stage="a \\"quoted} stage",worker="1"} 2',
    'waldstream_stage_records_total{stage="b",worker="1"} 1',
  ])
})
