/** How a server differs from the plain OpenAI route, as its own document says; nothing else. */
export interface ServerPreset {
	label: string;
	/** Form field of the images; always repeated for several. */
	imageField: 'image' | 'image[]';
	maskField: 'mask' | 'mask_image';
	/** Other names of fields, by option name. */
	names?: Readonly<Record<string, string>>;
	/** Sent although the user did not ask, because the server's default is of no use to a client. */
	always?: Readonly<Record<string, string>>;
	/** Options that the server reads from a JSON block in the prompt only, as a path into it. */
	inPrompt?: Readonly<Record<string, readonly string[]>>;
}

/** The servers that are known by name, from their own documents. */
export const serverPresets: Readonly<Record<string, ServerPreset>> = {
	generic: { label: 'Generic', imageField: 'image', maskField: 'mask' },
	// deepinfra.com model page: the plain route with one image field.
	deepInfra: { label: 'DeepInfra', imageField: 'image', maskField: 'mask' },
	// lemonade docs/api/openai.md: own names for steps and guidance.
	lemonade: {
		label: 'Lemonade',
		imageField: 'image',
		maskField: 'mask',
		names: { numInferenceSteps: 'steps', trueCfgScale: 'cfg_scale', guidanceScale: 'cfg_scale' },
	},
	// stable-diffusion.cpp examples/server/api.md: everything beyond the OpenAI fields goes into the prompt.
	sdServer: {
		label: 'Stable-Diffusion.cpp',
		imageField: 'image[]',
		maskField: 'mask',
		inPrompt: {
			negativePrompt: ['negative_prompt'],
			seed: ['seed'],
			numInferenceSteps: ['sample_params', 'sample_steps'],
			trueCfgScale: ['sample_params', 'guidance', 'txt_cfg'],
			guidanceScale: ['sample_params', 'guidance', 'distilled_guidance'],
		},
	},
	// sglang image_api.py takes either form of the field.
	sglang: { label: 'SGLang-Diffusion', imageField: 'image', maskField: 'mask' },
	// vllm-omni docs/serving/image_edit_api.md: repeated `image`, and a mask under a name of its own.
	vllmOmni: { label: 'vLLM-Omni', imageField: 'image', maskField: 'mask_image' },
	// Its URLs are paths on the server's disk (research, "Self-hosted"), so bytes are asked for.
	xinference: {
		label: 'Xinference',
		imageField: 'image',
		maskField: 'mask',
		always: { response_format: 'b64_json' },
	},
};
