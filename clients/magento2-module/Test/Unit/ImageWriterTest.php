<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Catalog\Api\Data\ProductAttributeMediaGalleryEntryInterfaceFactory;
use Magento\Framework\Api\Data\ImageContentInterfaceFactory;
use Magento\Framework\Api\SearchCriteriaBuilder;
use Magento\Framework\HTTP\Client\CurlFactory;
use PHPUnit\Framework\TestCase;
use Waldstream\Feeds\Model\AdminStore;
use Waldstream\Feeds\Model\Image\ImageDownload;
use Waldstream\Feeds\Model\Image\ImageWriter;
use Waldstream\Feeds\Model\Image\PublicHosts;
use Waldstream\Feeds\Model\Image\WantedImages;
use Waldstream\Feeds\Model\Product\KnownProducts;
use Waldstream\Feeds\Model\RowResult;
use Waldstream\Feeds\Model\StagedRow;

final class ImageWriterTest extends TestCase
{
    public const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
    public const WEBP = 'UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAgA0JaQAA3AA/vuUAAA=';

    private FakeShop $shop;
    /** @var list<string> addresses that were fetched */
    private array $fetched = [];

    protected function setUp(): void
    {
        $this->shop = new FakeShop();
        $this->shop->product('A');
    }

    /** @return array<string, RowResult> */
    private function write(StagedRow ...$rows): array
    {
        $client = new class ($this->fetched) {
            private string $body = '';

            /** @param list<string> $fetched */
            public function __construct(private array &$fetched)
            {
            }

            public function setTimeout(int $seconds): void
            {
            }

            public function setOption(int $name, mixed $value): void
            {
            }

            public function get(string $url): void
            {
                $this->fetched[] = $url;
                $this->body = $url;
            }

            public function getStatus(): int
            {
                return str_contains($this->body, 'missing') ? 404 : (str_contains($this->body, 'moved') ? 302 : 200);
            }

            /** @return array<string, string> */
            public function getHeaders(): array
            {
                return ['Location' => str_replace('moved', 'there', $this->body)];
            }

            public function getBody(): string
            {
                return match (true) {
                    str_contains($this->body, 'text') => 'text',
                    str_contains($this->body, 'webp') => base64_decode(ImageWriterTest::WEBP),
                    default => base64_decode(ImageWriterTest::PIXEL),
                };
            }
        };
        $data = static fn (): FakeData => new FakeData();
        $hosts = new class (FakeConfig::with()) extends PublicHosts {
            protected function addressesOf(string $host): array
            {
                return ['cdn' => ['198.41.0.4']][$host] ?? [];
            }
        };
        $contents = new ImageContentInterfaceFactory($data);
        $download = new ImageDownload(new CurlFactory(static fn () => $client), $contents, $hosts);
        $entries = new ProductAttributeMediaGalleryEntryInterfaceFactory($data);
        $known = new KnownProducts($this->shop, new SearchCriteriaBuilder());
        $store = new AdminStore($this->shop);
        $writer = new ImageWriter($this->shop, $entries, $known, new WantedImages(), $download, $this->shop, $store);
        $notes = new FakeNotes($this->shop);
        $writer->write($rows, $notes);
        return $notes->results;
    }

    /** @param array<string, mixed> $data */
    private static function row(array $data, bool $deleted = false, string $source = 'feed', string $sku = 'A'): StagedRow
    {
        return new StagedRow("{$source} {$sku}", $sku, $source, $deleted, $data);
    }

    /**
     * @param array<string, mixed> $over
     * @return array<string, mixed>
     */
    private static function image(string $url, int $position = 0, array $over = []): array
    {
        return ['url' => $url, 'position' => $position, 'label' => null, 'media_type' => 'image', ...$over];
    }

    /** @return list<array{string, int, list<string>}> */
    private function gallery(): array
    {
        return array_map(
            static fn (FakeData $one): array => [$one->getLabel(), $one->getPosition(), $one->getTypes()],
            array_values($this->shop->galleries['A'] ?? []),
        );
    }

    public function testAddsAPictureOnceAndGivesItsRoles(): void
    {
        $gallery = [self::image('https://cdn/a.png', 1, ['label' => 'Front']), self::image('https://shop.example/media/own.png')];
        $row = self::row(['image' => 'https://cdn/a.png', 'thumbnail' => 'https://cdn/a.png', 'gallery' => $gallery]);
        self::assertNull($this->write($row)['feed A']->error);
        self::assertSame([['Front', 1, ['image', 'thumbnail']]], $this->gallery());
        $this->write($row);
        self::assertSame(['https://cdn/a.png'], $this->fetched);
    }

    public function testARoleThatThePicturesOfTheShopHaveIsNotTaken(): void
    {
        $own = new FakeData(['Id' => 99, 'File' => '/o/w/own.png', 'Types' => ['image'], 'Label' => 'Own', 'Position' => 0]);
        $this->shop->galleries['A'][99] = $own;
        $this->write(self::row(['image' => 'https://cdn/a.png', 'small_image' => 'https://cdn/a.png', 'gallery' => []]));
        self::assertSame([['Own', 0, ['image']], ['', 0, ['small_image']]], $this->gallery());
    }

    public function testChangesAndRemovesPicturesOfItsOwnSourceAlone(): void
    {
        $this->write(
            self::row(['gallery' => [self::image('https://cdn/a.png', 1), self::image('https://cdn/b.png', 2)]]),
            self::row(['gallery' => [self::image('https://cdn/a.png', 3)]], source: 'other'),
        );
        self::assertCount(3, $this->gallery());
        $this->write(self::row(['gallery' => [self::image('https://cdn/a.png', 7, ['label' => 'New'])]]));
        self::assertSame([['New', 7, []], ['', 3, []]], $this->gallery());
        self::assertCount(3, $this->fetched);
        $this->write(self::row([], deleted: true));
        self::assertSame([['', 3, []]], $this->gallery());
    }

    public function testAnotherPictureAtTheSameAddressIsFetchedAgain(): void
    {
        $this->write(self::row(['gallery' => [self::image('https://cdn/a.png', 0, ['picture' => 'v1'])]]));
        $this->write(self::row(['gallery' => [self::image('https://cdn/a.png?signed', 0, ['picture' => 'v1'])]]));
        self::assertCount(1, $this->fetched);
        $this->write(self::row(['gallery' => [self::image('https://cdn/a.png', 0, ['picture' => 'v2'])]]));
        self::assertCount(2, $this->fetched);
        self::assertCount(1, $this->gallery());
    }

    public function testAPictureIsRemovedOnlyWhenItsReplacementIsThere(): void
    {
        $old = ['image' => 'https://cdn/a.png', 'gallery' => [self::image('https://cdn/a.png', 1, ['label' => 'Old'])]];
        $this->write(self::row($old));
        $missing = ['image' => 'https://cdn/missing', 'gallery' => [self::image('https://cdn/missing', 1)]];
        self::assertNotNull($this->write(self::row($missing))['feed A']->error);
        self::assertSame([['Old', 1, ['image']]], $this->gallery());
        $this->shop->events = [];
        $new = ['image' => 'https://cdn/b.png', 'gallery' => [self::image('https://cdn/b.png', 1, ['label' => 'New'])]];
        self::assertNull($this->write(self::row($new))['feed A']->error);
        self::assertSame([['New', 1, ['image']]], $this->gallery());
        self::assertSame(['begin A', 'add to A', 'remove from A', 'end A'], $this->shop->events);
    }

    public function testAPictureThatCannotBeFetchedHoldsUpNoOther(): void
    {
        $this->write(self::row(['gallery' => [self::image('https://cdn/old.png', 1), self::image('https://cdn/b.png', 2)]]));
        $roles = ['image' => 'https://cdn/missing-a', 'small_image' => 'https://cdn/c.png'];
        $row = self::row([...$roles, 'gallery' => [
            self::image('https://cdn/missing-a', 1, ['label' => 'A']),
            self::image('https://cdn/b.png', 2, ['label' => 'B']),
            self::image('https://cdn/missing-d', 3),
            self::image('https://cdn/c.png', 4, ['label' => 'C']),
        ]]);
        self::assertSame(
            'https://cdn/missing-a answered with status 404. https://cdn/missing-d answered with status 404.',
            $this->write($row)['feed A']->error,
        );
        self::assertSame([['', 1, []], ['B', 2, []], ['C', 4, ['small_image']]], $this->gallery());
        self::assertCount(5, $this->fetched);
    }

    public function testAnErrorOfAPluginFailsItsRowAlone(): void
    {
        $this->shop->product('B');
        $results = $this->write(
            self::row(['gallery' => [self::image('https://cdn/a.png', 0, ['label' => 'breaks'])]]),
            self::row(['gallery' => [self::image('https://cdn/b.png')]], sku: 'B'),
        );
        self::assertSame(['a plugin breaks', null], [$results['feed A']->error, $results['feed B']->error]);
        self::assertSame(['begin A', 'add to A', 'end A', 'begin B', 'add to B', 'end B'], $this->shop->events);
    }

    public function testAWebPIsRefusedByNameBecauseMagentoAcceptsNone(): void
    {
        $result = $this->write(self::row(['gallery' => [self::image('https://cdn/a.webp'), self::image('https://cdn/b.png')]]))['feed A'];
        self::assertSame('https://cdn/a.webp is a WebP image, which Magento does not accept. Use JPEG, PNG or GIF.', $result->error);
        self::assertCount(1, $this->gallery());
    }

    public function testARedirectIsFollowed(): void
    {
        $this->write(self::row(['gallery' => [self::image('https://cdn/moved.png')]]));
        self::assertSame(['https://cdn/moved.png', 'https://cdn/there.png'], $this->fetched);
        self::assertCount(1, $this->gallery());
    }

    public function testWhatIsNoPictureFailsTheRow(): void
    {
        foreach (['https://cdn/missing', 'https://cdn/text', 'ftp://cdn/a.png'] as $url) {
            self::assertNotNull($this->write(self::row(['gallery' => [self::image($url)]]))['feed A']->error);
        }
        $results = $this->write(self::row(['gallery' => []], sku: 'NONE'), self::row([], true, sku: 'GONE'));
        self::assertSame(['The catalog has no product "NONE".', null], array_map(static fn ($one) => $one->error, array_values($results)));
    }
}
