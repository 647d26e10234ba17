<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Console\Command;

use Magento\Framework\App\Area;
use Magento\Framework\App\State;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;
use Waldstream\Feeds\Model\Config;
use Waldstream\Feeds\Model\PullFeed;

/** Pulls feeds now. */
class PullCommand extends Command
{
    /**
     * Constructor.
     *
     * @param Config $config
     * @param PullFeed $pull
     * @param State $state
     */
    public function __construct(
        private readonly Config $config,
        private readonly PullFeed $pull,
        private readonly State $state,
    ) {
        parent::__construct();
    }

    /**
     * @inheritdoc
     */
    protected function configure(): void
    {
        $this->setName('waldstream:pull');
        $this->setDescription('Pulls the feeds and writes what is new');
        $this->addArgument('feed', InputArgument::OPTIONAL, 'products, inventory, prices or images; by default all on');
        $description = 'Read the feed in full, write all its rows again, and remove what is gone';
        $this->addOption('again', null, InputOption::VALUE_NONE, $description);
    }

    /**
     * @inheritdoc
     */
    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $asked = $input->getArgument('feed');
        $feeds = $asked === null ? array_filter(Config::FEEDS, $this->config->isPulled(...)) : [$asked];
        if ($feeds === []) {
            $output->writeln('No feed is switched on: Stores > Configuration > Waldstream > Feeds.');
            return Command::FAILURE;
        }
        $again = (bool) $input->getOption('again');
        return $this->state->emulateAreaCode(Area::AREA_CRONTAB, fn (): int => $this->pullAll($feeds, $again, $output));
    }

    /**
     * Pull feeds one after the other.
     *
     * @param string[] $feeds
     * @param bool $again
     * @param OutputInterface $output
     * @return int exit code
     */
    private function pullAll(array $feeds, bool $again, OutputInterface $output): int
    {
        $code = Command::SUCCESS;
        foreach ($feeds as $feed) {
            $report = $this->pull->run($feed, $again);
            if ($report === null) {
                $output->writeln("{$feed}: another process pulls it");
                continue;
            }
            $state = $report->complete ? 'caught up' : 'more to come';
            $output->writeln(
                "{$feed}: {$report->read} rows read, {$report->written} written, {$report->failed} failed, {$state}"
            );
            if ($report->error !== null) {
                $output->writeln("{$feed}: {$report->error}");
                $code = Command::FAILURE;
            }
        }
        return $code;
    }
}
