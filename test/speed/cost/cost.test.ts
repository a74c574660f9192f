import { builtPackage } from '../../package/tarball/builtPackage';
import { measureItemCosts, measureLoad } from './cost';

// A dependency that is bundled by mistake, or loaded though nobody needs it, is far above these.
it('the package is small and quickly loaded', async () => {
	const { folder, packedBytes } = await builtPackage();
	expect(packedBytes).toBeLessThan(400_000);
	expect(await measureLoad('package', folder, 2)).toBeLessThan(2000);
}, 120_000);

it('an item costs the processor little more than its requests by hand', async () => {
	const { bare, buffers, own } = await measureItemCosts(60, 3);
	expect(bare).toBeGreaterThan(0);
	expect(own / buffers).toBeLessThan(3);
}, 120_000);
