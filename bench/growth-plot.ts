// The plot of docs/performance.md: planning and receiving against the number of people.
import type { GrowthPoint } from "./measurement.ts";

/** An SVG with both times. */
export async function drawGrowth(points: readonly GrowthPoint[]): Promise<string> {
  const { init } = await import("echarts");
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 720, height: 400 });
  const series = (name: string, of: (point: GrowthPoint) => number) => ({
    name,
    type: "line" as const,
    symbolSize: 7,
    data: points.map((point) => [point.users, Number(of(point).toFixed(3))]),
  });
  chart.setOption({
    animation: false,
    backgroundColor: "#ffffff",
    color: ["#1f6feb", "#8c959f"],
    grid: { left: 70, right: 30, top: 60, bottom: 60 },
    legend: { top: 16 },
    xAxis: { type: "value", name: "Users", nameLocation: "middle", nameGap: 32 },
    yAxis: { type: "value", name: "Seconds" },
    series: [
      series("Planning, reading included", ({ planSeconds }) => planSeconds),
      series("Receiving and parsing the service's answers", ({ receiveSeconds }) => receiveSeconds),
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}
