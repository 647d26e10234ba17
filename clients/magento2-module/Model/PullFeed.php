<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

use Magento\Framework\App\ResourceConnection;
use Magento\Framework\Lock\LockManagerInterface;
use Waldstream\Client\FeedFollower;
use Waldstream\Client\FeedOptions;
use Waldstream\Client\RowKey;
use Waldstream\Client\Transport;
use Waldstream\Feeds\Api\RowWriterInterface;

/**
 * One pull: reads a feed into the staging table, and writes what is new to the shop. Both continue where the last pull
 * ended, however it ended, and end at the bounds of the configuration.
 */
class PullFeed
{
    /**
     * Constructor.
     *
     * @param Config $config
     * @param ResourceConnection $resource
     * @param LockManagerInterface $locks
     * @param Transport $transport
     * @param StagedRows $rows
     * @param Writers $writers
     * @param PullLog $log
     */
    public function __construct(
        private readonly Config $config,
        private readonly ResourceConnection $resource,
        private readonly LockManagerInterface $locks,
        private readonly Transport $transport,
        private readonly StagedRows $rows,
        private readonly Writers $writers,
        private readonly PullLog $log,
    ) {
    }

    /**
     * Pull a feed.
     *
     * @param string $feed products, inventory, prices or images
     * @param bool $again read it in full, and write all its rows again
     * @return PullReport|null null: another process pulls it
     */
    public function run(string $feed, bool $again = false): ?PullReport
    {
        $writer = $this->writers->of($feed);
        $name = $this->nameOf($feed);
        $lock = 'waldstream_' . hash('crc32b', $name);
        if (!$this->locks->lock($lock, 0)) {
            return null;
        }
        $report = new PullReport();
        try {
            $id = $this->log->begin($name);
            $endsAt = microtime(true) + $this->config->seconds();
            try {
                $this->read($feed, $again, $report);
            } catch (\Throwable $error) {
                $report->error = $error->getMessage();
            }
            // Rows that are staged are written also when no more can be read.
            try {
                $this->write($name, $writer, $report, $endsAt);
            } catch (\Throwable $error) {
                $report->error ??= $error->getMessage();
            }
            $this->log->end($id, $report);
        } finally {
            $this->locks->unlock($lock);
        }
        return $report;
    }

    /**
     * The name of a feed in the tables.
     *
     * @param string $feed
     * @return string
     */
    public function nameOf(string $feed): string
    {
        return $this->config->connection() . '/' . $feed;
    }

    /**
     * Read the feed into the staging table, until there are no more rows yet, and at most for half of the run: the
     * rest is for the rows that are to be written.
     *
     * @param string $feed
     * @param bool $again
     * @param PullReport $report
     * @return void
     */
    private function read(string $feed, bool $again, PullReport $report): void
    {
        $options = new FeedOptions(
            api: $this->config->address(),
            feed: $feed,
            connection: $this->config->connection(),
            key: $this->config->key(),
            limit: $this->config->pageRows(),
        );
        // Several feeds of images may have pictures of one product.
        $keyOf = $feed === 'images' ? RowKey::sourceAndSku(...) : RowKey::sku(...);
        $store = new StagingStore($this->resource, $this->nameOf($feed), $keyOf);
        $follower = new FeedFollower($options, $store, $this->transport);
        if ($again) {
            $this->rows->again($this->nameOf($feed));
            $follower->readAgain();
        }
        foreach ($follower->pages($this->config->pages(), $this->config->seconds() / 2) as $page) {
            $report->pages += 1;
            $report->read += count($page->rows);
            $report->complete = $page->complete;
            if ($page->wait > 0) {
                return;
            }
        }
    }

    /**
     * Write staged rows to the shop.
     *
     * @param string $name
     * @param RowWriterInterface $writer
     * @param PullReport $report
     * @param float $endsAt
     * @return void
     */
    private function write(
        string $name,
        RowWriterInterface $writer,
        PullReport $report,
        float $endsAt,
    ): void {
        while (microtime(true) < $endsAt) {
            $rows = $this->rows->next($name, $this->config->batchRows(), time());
            if ($rows === []) {
                return;
            }
            $notes = new RowNotes($this->rows, $name, $report);
            try {
                $writer->write($rows, $notes);
            } catch (WrongConfiguration $error) {
                throw $error;
            } catch (\Throwable $error) {
                // Else the same rows came first with the next run, and broke it too.
                $notes->failOthers($rows, $error->getMessage());
                throw $error;
            }
            $notes->failOthers($rows, 'the writer gave no result for this row');
        }
    }
}
