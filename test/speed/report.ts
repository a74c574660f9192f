/** One table of a part. */
export interface Table {
	/** What is measured, against what, and how. */
	caption: string;
	head: readonly string[];
	rows: ReadonlyArray<readonly string[]>;
	/** What the figures mean, where they do not say it themselves. */
	remark?: string;
}

/** A figure that was promised, and what came of it. */
export interface Goal {
	promise: string;
	measured: string;
	met: boolean;
	/** Needed when it is not met. */
	reason?: string;
}

/** What one part of the bench has found. */
export interface Section {
	title: string;
	introduction: string;
	tables: readonly Table[];
	goals: readonly Goal[];
}

/** A number as people read it: three digits that mean something. */
export function figure(value: number): string {
	if (!Number.isFinite(value)) return '—';
	const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
	return value.toFixed(digits);
}

/** A ratio to the reference of the same run. */
export const ratio = (value: number): string => `${value.toFixed(value < 2 ? 3 : 1)} ×`;

/** A goal; a measured value that is not below its bound has to say why. */
export function goal(
	promise: string,
	measured: number,
	bound: number,
	unit: string,
	reason: string,
): Goal {
	const met = measured <= bound;
	return {
		promise,
		measured: `${unit === '×' ? measured.toFixed(3) : figure(measured)} ${unit}`,
		met,
		...(met ? {} : { reason }),
	};
}
