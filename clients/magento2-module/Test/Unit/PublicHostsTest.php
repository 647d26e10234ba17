<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Framework\Exception\LocalizedException;
use PHPUnit\Framework\TestCase;
use Waldstream\Feeds\Model\Image\PublicHosts;

final class PublicHostsTest extends TestCase
{
    private const HOSTS = [
        'cdn.example' => ['198.41.0.4'],
        'inside.example' => ['198.41.0.4', '10.0.0.5'],
        'six.example' => ['2606:4700::1111'],
    ];

    private static function hosts(string $allowed = ''): PublicHosts
    {
        return new class (FakeConfig::with(['images/hosts' => $allowed]), self::HOSTS) extends PublicHosts {
            /** @param array<string, list<string>> $known */
            public function __construct(\Waldstream\Feeds\Model\Config $config, private readonly array $known)
            {
                parent::__construct($config);
            }

            protected function addressesOf(string $host): array
            {
                return $this->known[$host] ?? [];
            }
        };
    }

    public function testConnectsToTheAddressThatWasJudged(): void
    {
        self::assertSame('cdn.example:443:198.41.0.4', self::hosts()->resolved('https://CDN.example/a.png'));
        self::assertSame('cdn.example:8080:198.41.0.4', self::hosts()->resolved('http://cdn.example:8080/a.png'));
        self::assertNull(self::hosts()->resolved('http://198.41.0.4/a.png'));
        self::assertNull(self::hosts()->resolved('http://[2606:4700::1111]/a.png'));
        self::assertSame('six.example:80:2606:4700::1111', self::hosts()->resolved('http://six.example/a.png'));
    }

    public function testRefusesPrivateNetworks(): void
    {
        $urls = [
            'http://127.0.0.1:9200/', 'http://169.254.169.254/latest', 'http://10.1.2.3/', 'http://192.168.0.1/',
            'http://100.64.0.1/', 'http://0.0.0.0/', 'http://[::1]/', 'http://[fe80::1]/', 'http://[fd00::1]/',
            'http://[::ffff:10.0.0.1]/', 'http://[2002:a00:1::]/', 'https://inside.example/a.png',
        ];
        foreach ($urls as $url) {
            try {
                self::hosts()->resolved($url);
                self::fail("{$url} was allowed");
            } catch (LocalizedException $error) {
                self::assertStringContainsString('private network', $error->getMessage(), $url);
            }
        }
    }

    public function testAllowsPrivateHostsThatAreNamed(): void
    {
        $hosts = self::hosts("other.example\nInside.example");
        self::assertSame('inside.example:443:198.41.0.4', $hosts->resolved('https://inside.example/a.png'));
    }

    public function testRefusesAHostWithoutAddress(): void
    {
        $this->expectExceptionMessage('its host has no address');
        self::hosts()->resolved('https://unknown.example/a.png');
    }
}
