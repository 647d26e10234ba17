import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../../../src/platform/metrics/prom-meter.ts'

const samplesOf = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

describe('the metrics of a process', () => {
  it('add up what is counted, by labels', async () => {
    const metrics = createMetrics()
    metrics.count('waldstream_stage_records_total', { stage: 'route-orders' }, 3)
    metrics.count('waldstream_stage_records_total', { stage: 'route-orders' }, 2)
    metrics.count('waldstream_order_lines_unaccounted_total', {}, 0)
    const text = await metrics.exposition([])
    expect(text).toContain('# TYPE waldstream_stage_records_total counter')
    expect(samplesOf(text)).toEqual([
      'waldstream_stage_records_total{stage="route-orders"} 5',
      'waldstream_order_lines_unaccounted_total 0',
    ])
  })

  it('have histograms in the bounds of the list', async () => {
    const metrics = createMetrics()
    const labels = { connection: 'c', entity: 'orders' }
    metrics.observe('waldstream_end_to_end_seconds', labels, [0.4, 3, -1])
    metrics.observe('waldstream_end_to_end_seconds', labels, [100_000])
    const samples = samplesOf(await metrics.exposition([]))
    expect(samples).toContain('waldstream_end_to_end_seconds_bucket{le="1",connection="c",entity="orders"} 2')
    expect(samples).toContain('waldstream_end_to_end_seconds_bucket{le="5",connection="c",entity="orders"} 3')
    expect(samples).toContain('waldstream_end_to_end_seconds_count{connection="c",entity="orders"} 4')
    expect(samples).toContain('waldstream_end_to_end_seconds_bucket{le="+Inf",connection="c",entity="orders"} 4')
    expect(samples).toContain('waldstream_end_to_end_seconds_sum{connection="c",entity="orders"} 100003.4')
  })

  it('show a gauge as it is given, and not any more when it is not given', async () => {
    const metrics = createMetrics()
    const sample = {
      name: 'waldstream_paused',
      labels: { stage: 's', connection: 'c', code: 'held' },
      value: 1,
    } as const
    expect(samplesOf(await metrics.exposition([sample]))).toEqual([
      'waldstream_paused{stage="s",connection="c",code="held"} 1',
    ])
    expect(samplesOf(await metrics.exposition([]))).toEqual([])
  })

  it('stay bounded, whatever a label comes to', async () => {
    const metrics = createMetrics()
    for (let index = 0; index < 6_000; index += 1) {
      metrics.count('waldstream_records_sent_total', { topic: `t${index}` })
      metrics.observe('waldstream_stage_batch_seconds', { stage: `s${index}` }, [1])
    }
    const gauges = Array.from({ length: 5_002 }, (_, index) => {
      return { name: 'waldstream_read_age_seconds', labels: { read: `r${index}` }, value: index } as const
    })
    const samples = samplesOf(await metrics.exposition(gauges))
    const of = (name: string) => samples.filter((line) => line.startsWith(`${name}{`))
    expect(of('waldstream_records_sent_total')).toHaveLength(5_001)
    expect(samples).toContain('waldstream_records_sent_total{topic="other"} 1000')
    expect(of('waldstream_stage_batch_seconds_count')).toHaveLength(1_001)
    expect(samples).toContain('waldstream_stage_batch_seconds_count{stage="other"} 5000')
    expect(of('waldstream_read_age_seconds')).toHaveLength(5_001)
    expect(samples).toContain('waldstream_read_age_seconds{read="other"} 5001')
  })

  it('have what Node knows of itself once that is asked for', async () => {
    const metrics = createMetrics()
    metrics.countProcess()
    const text = await metrics.exposition([])
    for (const name of ['nodejs_eventloop_lag_seconds', 'nodejs_heap_size_used_bytes', 'process_cpu_seconds_total']) {
      expect(text).toContain(`# TYPE ${name} `)
    }
  })
})
