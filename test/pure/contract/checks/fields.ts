import { checkFields } from '../../../../nodes/QwenImageEdit/adapter/checkFields';
import { EditFault } from '../../../../nodes/QwenImageEdit/edit/fault';
import type { Field } from '../../../../nodes/QwenImageEdit/adapter/field';
import type { Provider } from '../../../../nodes/QwenImageEdit/adapter/provider';
import { type ProviderFixtures, spelledOut } from '../fixture';
import { bodyOf, plainRequest } from '../wire-text';

/** The body that is sent when the user sets these options. */
function sentWith(provider: Provider, options: Record<string, unknown>): Record<string, unknown> {
	const fields = checkFields(provider, options);
	return bodyOf(provider.submit.encode(plainRequest(provider, { fields })))!;
}

/** Values that must reach the wire: the example, and the ones that a careless `if` would drop. */
function telling(field: Field): unknown[] {
	if (field.wire === '') return [field.example];
	switch (field.kind) {
		case 'flag':
			return [field.example, true, false];
		case 'integer':
		case 'decimal':
			return [field.example, ...((field.minimum ?? 0) <= 0 ? [0] : [field.minimum])];
		case 'choice':
			return [field.example, ...field.choices.map(({ value }) => value)];
		case 'text':
		case 'json':
			return [field.example];
	}
}

function short(value: unknown): string {
	const text = JSON.stringify(value);
	return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Every value under a name, however deep it lies. */
function valuesAt(body: unknown, name: string): unknown[] {
	if (typeof body !== 'object' || body === null) return [];
	return Object.entries(body).flatMap(([key, value]) =>
		key === name && !Array.isArray(body) ? [value as unknown] : valuesAt(value, name),
	);
}

/** The body without a name, and without objects that held nothing else. */
function without(body: unknown, name: string): unknown {
	if (typeof body !== 'object' || body === null) return body;
	if (Array.isArray(body)) return body.map((entry) => without(entry, name));
	const left = Object.entries(body)
		.filter(([key]) => key !== name)
		.map(([key, value]): [string, unknown] => [key, without(value, name)])
		.filter(([key, value]) => {
			const emptied = typeof value === 'object' && value !== null && !Array.isArray(value);
			const before = (body as Record<string, unknown>)[key];
			return (
				!emptied || Object.keys(value).length > 0 || Object.keys(before as object).length === 0
			);
		});
	return Object.fromEntries(left);
}

/** Every declared field reaches the wire when it is set, and only then; wrong values are refused. */
export function describeFields(provider: Provider, fixtures: ProviderFixtures): void {
	const { fields } = fixtures.declaration;
	const plainWire = provider.submit.encode(plainRequest(provider));
	const plain = bodyOf(plainWire)!;
	/** A multipart body knows texts only. */
	const written = (value: unknown) => (plainWire.form === undefined ? value : String(value));

	it('its fields are those of the document, under the names of the document', () => {
		expect(
			Object.fromEntries(Object.entries(provider.fields).map(([name, { wire }]) => [name, wire])),
		).toEqual(Object.fromEntries(Object.entries(fields).map(([name, { wire }]) => [name, wire])));
	});

	it('sends nothing that was not set', () => {
		for (const nothing of [undefined, null, '']) {
			const options = Object.fromEntries(
				Object.keys(provider.fields).map((name) => [name, nothing]),
			);
			expect(sentWith(provider, options)).toEqual(plain);
		}
		for (const { wire } of Object.values(provider.fields)) {
			expect(valuesAt(plain, wire)).toEqual([]);
		}
	});

	it("does not read another provider's options, or the node's own", () => {
		const foreign = { binaryPropertyName: 'data', timeoutSeconds: 5, somethingElse: 'x' };
		expect(sentWith(provider, foreign)).toEqual(plain);
	});

	for (const [name, field] of Object.entries(provider.fields)) {
		describe(`field ${name}`, () => {
			it.each([...new Set(telling(field))].map((value) => [short(value), value]))(
				'set to %s changes the wire, and nothing else of it',
				(_text, value) => {
					const body = sentWith(provider, { [name]: value });
					expect(body).not.toEqual(plain);
					// A field without a name of its own says how to send the others.
					if (field.wire === '') return;
					const sent = field.toWire === undefined ? value : field.toWire(value as string);
					expect(valuesAt(body, field.wire)).toEqual([written(sent)]);
					const company = fields[name]?.with ?? [];
					expect([field.wire, ...company].reduce<unknown>(without, body)).toEqual(plain);
				},
			);

			it.each((fields[name]?.accepted ?? []).map((entry) => [short(entry.value), entry] as const))(
				'takes %s',
				(_text, entry) => {
					const value = spelledOut(entry.value);
					const body = sentWith(provider, { [name]: value });
					if (field.wire === '') return;
					expect(valuesAt(body, field.wire)).toEqual([entry.wire ?? written(value)]);
				},
			);

			it.each((fields[name]?.refused ?? []).map((value) => [short(value), value]))(
				'refuses %s and names itself',
				(_text, value) => {
					let refusal: unknown;
					try {
						checkFields(provider, { [name]: spelledOut(value) });
					} catch (error) {
						refusal = error;
					}
					expect(refusal).toBeInstanceOf(EditFault);
					const { fault } = refusal as EditFault;
					expect(fault.kind).toBe('input');
					expect(fault.message).toContain(`'${field.label}'`);
				},
			);

			it('tells the user what it is', () => {
				expect(field.label).toMatch(/^[A-Z]/);
				expect(field.help.length).toBeGreaterThan(10);
			});
		});
	}
}
