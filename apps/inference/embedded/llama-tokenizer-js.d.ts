declare module 'llama-tokenizer-js' {
  const tokenizer: {
    readonly vocabById: readonly string[];
    encode(text: string, addBeginning: boolean, addPrecedingSpace: boolean): number[];
  };
  export default tokenizer;
}
