<?php

declare(strict_types=1);

namespace Waldstream\Client\Test;

use PHPUnit\Framework\TestCase;
use Waldstream\Client\FeedCommit;
use Waldstream\Client\FeedException;
use Waldstream\Client\FeedFollower;
use Waldstream\Client\FeedOptions;
use Waldstream\Client\FeedState;
use Waldstream\Client\FileStore;
use Waldstream\Client\MemoryStore;
use Waldstream\Client\Response;
use Waldstream\Client\Transport;

final class FeedFollowerTest extends TestCase
{
    private MemoryStore $store;
    /** @var list<array{string|null, string|null, string|null}> cursor, source and tag of each request */
    private array $asked = [];

    protected function setUp(): void
    {
        $this->store = new MemoryStore();
    }

    /** @return array<string, mixed> */
    private static function row(string $sku): array
    {
        return [
            'connection' => 'c',
            'source' => 'erp',
            'sku' => $sku,
            'updated_at' => '2026-01-31T08:00:00.000Z',
            'position' => '1',
            'deleted' => false,
            'data' => ['total' => '1'],
        ];
    }

    /**
     * @param list<string> $skus
     * @param array<string, string> $headers
     */
    private static function page(array $skus, string $cursor, bool $complete, array $headers = []): Response
    {
        $page = ['items' => array_map(self::row(...), $skus), 'cursor' => $cursor, 'complete' => $complete];
        return new Response(200, $headers, json_encode($page, JSON_THROW_ON_ERROR));
    }

    /**
     * @param list<Response> $answers
     * @param array<string, mixed> $options
     */
    private function follower(array $answers, array $options = []): FeedFollower
    {
        $transport = new class ($this->asked, $answers) implements Transport {
            /**
             * @param list<array{string|null, string|null, string|null}> $asked
             * @param list<Response> $answers
             */
            public function __construct(private array &$asked, private array $answers)
            {
            }

            public function send(string $url, array $headers, float $timeout, ?string $body = null): Response
            {
                parse_str((string) parse_url($url, PHP_URL_QUERY), $query);
                $this->asked[] = [
                    $query['cursor'] ?? null,
                    $query['source'] ?? null,
                    $headers['If-None-Match'] ?? null,
                ];
                return array_shift($this->answers) ?? new Response(404, [], '{"code":"not_found"}');
            }
        };
        $all = ['api' => 'http://api/', 'feed' => 'inventory', 'connection' => 'c', ...$options];
        return new FeedFollower(new FeedOptions(...$all), $this->store, $transport);
    }

    /** A copy of the source `erp`, with a row that no other source has. */
    private function copyErp(): void
    {
        $this->follower([self::page(['a', 'erp only'], '1', true, ['etag' => '"t"'])], ['source' => 'erp'])->run();
        $this->asked = [];
    }

    /** @return list<string> */
    private function skus(): array
    {
        return array_column($this->store->rows(), 'sku');
    }

    /** @return array<string, array{array<string, mixed>}> */
    public static function otherOptions(): array
    {
        return [
            'no source' => [[]],
            'another source' => [['source' => 'cdn']],
            'another connection' => [['source' => 'erp', 'connection' => 'd']],
            'another feed' => [['source' => 'erp', 'feed' => 'prices']],
            'another API' => [['source' => 'erp', 'api' => 'http://production']],
        ];
    }

    /**
     * @dataProvider otherOptions
     * @param array<string, mixed> $options
     */
    public function testACopyWhoseOptionsHaveChangedIsReadInFull(array $options): void
    {
        $this->copyErp();
        $report = $this->follower([self::page(['a'], '2', false), self::page(['b'], '3', true)], $options)->run();
        self::assertSame([2, true], [$report->pages, $report->complete]);
        $source = $options['source'] ?? null;
        self::assertSame([[null, $source, null], ['2', $source, null]], $this->asked);
        self::assertSame(['a', 'b'], $this->skus());
    }

    public function testItIsReadInFullOnce(): void
    {
        $this->copyErp();
        $this->follower([self::page(['a'], '2', false)])->run(maxPages: 1);
        $this->follower([self::page([], '3', true)])->run();
        self::assertSame([null, '2'], array_column($this->asked, 0));
    }

    public function testItContinuesWithPagesOfAnotherSize(): void
    {
        $this->copyErp();
        $options = ['source' => 'erp', 'api' => 'http://api', 'limit' => 7];
        $this->follower([self::page([], '1', true)], $options)->run();
        self::assertSame([['1', 'erp', '"t"']], $this->asked);
    }

    public function testChangedOptionsAreAnErrorWhereAFullReadNeedsConsent(): void
    {
        $this->copyErp();
        $follower = $this->follower([self::page(['a'], '2', true)], ['readAgain' => false]);
        try {
            $follower->run();
            self::fail('the copy is of another source');
        } catch (FeedException $error) {
            self::assertSame(['cursor_expired', null], [$error->problem, $error->status]);
        }
        self::assertSame(['a', 'erp only'], $this->skus());
        $follower->readAgain();
        $follower->run();
        self::assertSame([[null, null, null]], $this->asked);
        self::assertSame(['a'], $this->skus());
    }

    public function testAStateOfAnEarlierVersionDoesNotSayWhatItIsOf(): void
    {
        $state = FeedState::fromJson('{"cursor":"1","etag":null,"complete":true,"round":1,"full":false}');
        $this->store->commit(new FeedCommit([self::row('a')], $state, null));
        $this->follower([self::page(['b'], '2', true)])->run();
        $this->follower([self::page([], '2', true)])->run();
        $this->follower([self::page([], '3', true)], ['source' => 'erp'])->run();
        self::assertSame(['1', '2', null], array_column($this->asked, 0));
    }

    public function testAPageWithoutRowsSaysHowLongTheRunWaits(): void
    {
        $answers = [
            self::page(['a'], '1', false),
            self::page([], '2', false, ['retry-after' => '0']),
            self::page([], '3', false, ['retry-after' => '7']),
        ];
        $waits = [];
        foreach ($this->follower($answers)->pages(maxSeconds: 5) as $page) {
            $waits[] = $page->wait;
        }
        self::assertSame([0.0, 0.0, 7.0], $waits);
        self::assertSame([null, '1', '2'], array_column($this->asked, 0));
    }

    public function testAFileThatWasWrittenAnewSaysWhatItIsOf(): void
    {
        $path = (string) tempnam(sys_get_temp_dir(), 'waldstream');
        try {
            $store = new FileStore($path);
            $state = new FeedState('1', null, true, 1, false, 'http://api/v1/feeds/inventory?connection=c');
            $rows = array_map(static fn (int $n): array => self::row("sku-{$n}"), range(1, 1000));
            for ($time = 0; $time < 12; $time += 1) {
                $store->commit(new FeedCommit($rows, $state, null));
            }
            unset($store);
            self::assertEquals($state, (new FileStore($path))->load());
        } finally {
            array_map('unlink', glob($path . '*') ?: []);
        }
    }
}
