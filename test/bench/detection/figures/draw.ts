export async function drawFigures(): Promise<void> {}
