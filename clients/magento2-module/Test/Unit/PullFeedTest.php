<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Framework\Lock\LockManagerInterface;
use PHPUnit\Framework\TestCase;
use Waldstream\Client\Response;
use Waldstream\Feeds\Api\RowNotesInterface;
use Waldstream\Feeds\Api\RowWriterInterface;
use Waldstream\Feeds\Model\PullFeed;
use Waldstream\Feeds\Model\PullLog;
use Waldstream\Feeds\Model\RowResult;
use Waldstream\Feeds\Model\StagedRow;
use Waldstream\Feeds\Model\StagedRows;
use Waldstream\Feeds\Model\Writers;
use Waldstream\Feeds\Model\WrongConfiguration;

final class PullFeedTest extends TestCase
{
    private SqliteAdapter $db;
    private FakeTransport $transport;
    /** @var list<string> SKUs that were written */
    private array $written = [];
    private bool $isLocked = false;

    protected function setUp(): void
    {
        $this->db = new SqliteAdapter();
        $this->transport = new FakeTransport([]);
    }

    /** @param array<string, string> $config */
    private function pull(array $config = []): PullFeed
    {
        $locks = new class ($this->isLocked) implements LockManagerInterface {
            public function __construct(private bool &$isLocked)
            {
            }

            public function lock(string $name, int $timeout = -1): bool
            {
                if ($this->isLocked) {
                    return false;
                }
                return $this->isLocked = true;
            }

            public function unlock(string $name): bool
            {
                $this->isLocked = false;
                return true;
            }
        };
        $writer = new class ($this->written) implements RowWriterInterface {
            /** @param list<string> $written */
            public function __construct(private array &$written)
            {
            }

            public function write(array $rows, RowNotesInterface $notes): void
            {
                foreach ($rows as $row) {
                    $notes->begin([$row]);
                    $this->written[] = $row->sku . ($row->deleted ? ' deleted' : '');
                    if ($row->sku === 'MISCONFIGURED') {
                        throw new WrongConfiguration('the map is wrong');
                    }
                    if ($row->sku === 'BREAKS') {
                        throw new \TypeError('the shop cannot be read');
                    }
                    if ($row->sku !== 'FORGOTTEN') {
                        $notes->end($row, $row->sku === 'BAD' ? RowResult::failed('no') : RowResult::written());
                    }
                }
            }
        };
        $resource = SqliteAdapter::resource($this->db);
        return new PullFeed(
            FakeConfig::with($config),
            $resource,
            $locks,
            $this->transport,
            new StagedRows($resource),
            new Writers(['inventory' => $writer]),
            new PullLog($resource),
        );
    }

    /** @param list<string> $skus */
    private static function page(array $skus, string $cursor, bool $complete): Response
    {
        $items = array_map(static fn (string $sku): array => [
            'connection' => 'c',
            'source' => 'erp',
            'sku' => $sku,
            'updated_at' => '2026-01-31T08:00:00.000Z',
            'position' => '1',
            'deleted' => false,
            'data' => ['total' => '1'],
        ], $skus);
        return new Response(200, [], json_encode(['items' => $items, 'cursor' => $cursor, 'complete' => $complete]));
    }

    public function testReadsPageByPageAndWritesWhatCame(): void
    {
        $this->transport->responses = [self::page(['A', 'BAD'], '1', false), self::page(['B'], '2', true)];
        $report = $this->pull()->run('inventory');
        self::assertSame([2, 3, true, 2, 1, null], [
            $report->pages, $report->read, $report->complete, $report->written, $report->failed, $report->error,
        ]);
        self::assertSame(['A', 'BAD', 'B'], $this->written);
        self::assertSame('Bearer key', $this->transport->requests[0]['headers']['Authorization']);
        self::assertStringContainsString('connection=c&limit=500', $this->transport->requests[0]['url']);
        self::assertStringContainsString('cursor=1', $this->transport->requests[1]['url']);
        $last = (new PullLog(SqliteAdapter::resource($this->db)))->last('c/inventory');
        self::assertSame(['3', '2', '1'], array_map('strval', [$last['rows_read'], $last['rows_written'], $last['rows_failed']]));
    }

    public function testContinuesWhereARunEnded(): void
    {
        $this->transport->responses = [self::page(['A'], '1', false)];
        $report = $this->pull()->run('inventory');
        self::assertSame('status 404: no more answers', $report->error);
        self::assertSame(['A'], $this->written);
        $this->transport->responses = [self::page(['B'], '2', true)];
        $this->pull()->run('inventory');
        self::assertStringContainsString('cursor=1', end($this->transport->requests)['url']);
        self::assertSame(['A', 'B'], $this->written);
    }

    public function testAWriterThatBreaksDoesNotGetTheSameRowsFirstForEver(): void
    {
        $this->transport->responses = [self::page(['A', 'BREAKS', 'B'], '1', true)];
        $report = $this->pull()->run('inventory');
        self::assertSame(['the shop cannot be read', 1, 2], [$report->error, $report->written, $report->failed]);
        $this->transport->responses = [self::page(['C'], '2', true)];
        $this->pull()->run('inventory');
        self::assertSame(['A', 'BREAKS', 'C'], $this->written);
    }

    public function testAWrongConfigurationEndsThePullAndFailsNoRow(): void
    {
        $this->transport->responses = [self::page(['A', 'MISCONFIGURED', 'B'], '1', true)];
        $report = $this->pull()->run('inventory');
        self::assertSame(['the map is wrong', 1, 0], [$report->error, $report->written, $report->failed]);
    }

    public function testARowWithoutAResultFails(): void
    {
        $this->transport->responses = [self::page(['FORGOTTEN', 'A'], '1', true)];
        $report = $this->pull()->run('inventory');
        self::assertSame([null, 1, 1], [$report->error, $report->written, $report->failed]);
    }

    public function testEndsAtItsBounds(): void
    {
        $this->transport->responses = [self::page(['A'], '1', false), self::page(['B'], '2', false)];
        $report = $this->pull(['bounds/pages' => '1'])->run('inventory');
        self::assertSame([1, false, null], [$report->pages, $report->complete, $report->error]);
        self::assertCount(1, $this->transport->responses);
    }

    public function testAPageWithoutRowsEndsTheReadSoThatTheRunWrites(): void
    {
        $none = new Response(200, ['retry-after' => '100'], '{"items":[],"cursor":"2","complete":false}');
        $this->transport->responses = [self::page(['A'], '1', false), $none, self::page(['B'], '3', true)];
        $report = $this->pull()->run('inventory');
        self::assertSame([2, false, null], [$report->pages, $report->complete, $report->error]);
        self::assertSame(['A'], $this->written);
        $this->pull()->run('inventory');
        self::assertSame(['A', 'B'], $this->written);
    }

    public function testPagesWhoseRowsAreAllHiddenDoNotEndTheRead(): void
    {
        $hidden = static fn (string $cursor): Response => new Response(
            200,
            ['retry-after' => '0'],
            json_encode(['items' => [], 'cursor' => $cursor, 'complete' => false]),
        );
        $this->transport->responses = [$hidden('1'), $hidden('2'), self::page(['A'], '3', false), $hidden('4'), self::page(['B'], '5', true)];
        $report = $this->pull()->run('inventory');
        self::assertSame([5, 2, true, null], [$report->pages, $report->read, $report->complete, $report->error]);
        self::assertSame(['A', 'B'], $this->written);
    }

    public function testTheReadLeavesHalfOfTheRunToTheWriter(): void
    {
        // The read would wait two of three seconds for this answer.
        $busy = new Response(503, ['retry-after' => '2'], '{"code":"unavailable","detail":"busy"}');
        $this->transport->responses = [self::page(['A'], '1', false), $busy, self::page(['B'], '2', true)];
        $report = $this->pull(['bounds/seconds' => '3'])->run('inventory');
        self::assertSame(['status 503: busy', ['A']], [$report->error, $this->written]);
    }

    public function testAgainWritesAllRowsOfTheFeedOnceMore(): void
    {
        $this->transport->responses = [self::page(['A', 'BAD', 'GONE'], '1', true)];
        $this->pull()->run('inventory');
        $this->written = [];
        $this->transport->responses = [self::page(['A', 'BAD'], '2', true)];
        $report = $this->pull()->run('inventory', true);
        self::assertSame(['A', 'BAD', 'GONE deleted'], $this->written);
        self::assertStringNotContainsString('cursor=', end($this->transport->requests)['url']);
        self::assertSame([true, 2, 1], [$report->complete, $report->written, $report->failed]);
        $this->written = [];
        $this->pull()->run('inventory', true);
        self::assertSame(['A', 'BAD', 'GONE deleted'], $this->written);
    }

    public function testReadsInFullAfterAnExpiredCursorAndDeletesWhatIsGone(): void
    {
        $this->transport->responses = [self::page(['A', 'GONE'], '1', true)];
        $this->pull()->run('inventory');
        $this->written = [];
        $expired = new Response(410, [], '{"code":"cursor_expired","detail":"begin again"}');
        $this->transport->responses = [$expired, self::page(['A'], '2', true)];
        $this->pull()->run('inventory');
        self::assertSame(['GONE deleted'], $this->written);
    }

    public function testAnotherInstallationIsReadInFullAndWhatItLacksIsDeleted(): void
    {
        $this->transport->responses = [self::page(['A', 'STAGING'], '1', true)];
        $this->pull(['api/address' => 'https://staging.example'])->run('inventory');
        $this->written = [];
        $this->transport->responses = [self::page(['A', 'B'], '2', true)];
        $report = $this->pull(['api/address' => 'https://waldstream.example/'])->run('inventory');
        self::assertNull($report->error);
        self::assertStringNotContainsString('cursor=', end($this->transport->requests)['url']);
        self::assertSame(['STAGING deleted', 'B'], $this->written);
    }

    public function testOneProcessAtATimePullsAFeed(): void
    {
        $this->isLocked = true;
        self::assertNull($this->pull()->run('inventory'));
        self::assertSame([], $this->transport->requests);
    }

    public function testAFeedThatIsNotThereIsRefused(): void
    {
        $this->expectExceptionMessage('there is no feed "prices"; there are: inventory');
        $this->pull()->run('prices');
    }
}
